from __future__ import annotations

import pytest

from patcher.errors import UserError
from patcher.sink.hosting import Hosted, Kind, hosted

GITHUB = ("https", "github.com", "acme/shop")
GITLAB = ("https", "gitlab.com", "acme/ops/shop")


@pytest.mark.parametrize(
    ("url", "kind", "place"),
    [
        ("https://github.com/acme/shop.git", Kind.GITHUB, GITHUB),
        ("https://github.com/acme/shop/", Kind.GITHUB, GITHUB),
        ("https://user:token@github.com/acme/shop.git", Kind.GITHUB, GITHUB),
        ("https://x-access-token:t@GitHub.com/acme/shop", Kind.GITHUB, GITHUB),
        ("git@github.com:acme/shop.git", Kind.GITHUB, GITHUB),
        ("github.com:acme/shop.git", Kind.GITHUB, GITHUB),
        ("git@github.com:/acme/shop.git", Kind.GITHUB, GITHUB),
        ("ssh://git@github.com/acme/shop.git", Kind.GITHUB, GITHUB),
        ("ssh://git@ssh.github.com:443/acme/shop.git", Kind.GITHUB, GITHUB),
        ("git://github.com/acme/shop", Kind.GITHUB, GITHUB),
        ("git@github.example.org:a/b.c", Kind.GITHUB, ("https", "github.example.org", "a/b.c")),
        ("https://acme.ghe.com/a/b", Kind.GITHUB, ("https", "acme.ghe.com", "a/b")),
        ("https://oauth2:t@gitlab.com/acme/ops/shop.git", Kind.GITLAB, GITLAB),
        ("git@gitlab.com:acme/ops/shop.git", Kind.GITLAB, GITLAB),
        ("ssh://git@altssh.gitlab.com:443/acme/ops/shop.git", Kind.GITLAB, GITLAB),
        (
            "http://gitlab.example.org:8080/a/b",
            Kind.GITLAB,
            ("http", "gitlab.example.org:8080", "a/b"),
        ),
        (
            "ssh://git@gitlab.example.org:2222/a/b",
            Kind.GITLAB,
            ("https", "gitlab.example.org", "a/b"),
        ),
    ],
)
def test_what_an_address_means(url: str, kind: Kind, place: tuple[str, str, str]) -> None:
    assert hosted([url], {}) == Hosted(kind, *place)


@pytest.mark.parametrize(
    ("environ", "kind"),
    [
        ({"GH_HOST": "git.example.org"}, Kind.GITHUB),
        ({"GITHUB_SERVER_URL": "https://git.example.org"}, Kind.GITHUB),
        ({"GITLAB_HOST": "git.example.org"}, Kind.GITLAB),
        ({"GITLAB_HOST": "https://git.example.org/"}, Kind.GITLAB),
        ({"CI_SERVER_HOST": "git.example.org"}, Kind.GITLAB),
    ],
)
def test_the_environment_knows_the_kind_of_a_server(environ: dict[str, str], kind: Kind) -> None:
    assert hosted(["git@git.example.org:a/b"], environ).kind is kind


def test_the_address_that_git_rewrites_it_to_counts() -> None:
    urls = ["work:acme/shop", "git@github.com:acme/shop.git"]
    assert hosted(urls, {}).path == "acme/shop"


@pytest.mark.parametrize(
    "url",
    [
        "/srv/git/shop.git",
        "../shop.git",
        "file:///srv/git/shop.git",
        "ext::sh -c x",
        "https://github.com/",
        "https://github.com/shop",
        "https://github.com:x/a/b",
        "https://github.com/a/../b",
        "https://github.com/a/b;rm",
        "git@github.com:a/b?x=1",
        "git@git hub.com:a/b",
        "git@github.com:a/\x1b[31m",
        "C:\\git\\shop",
        "",
    ],
)
def test_what_names_no_project(url: str) -> None:
    with pytest.raises(UserError, match="names no project") as caught:
        hosted([url], {})
    assert "\n" not in str(caught.value)


def test_a_server_of_no_known_kind() -> None:
    with pytest.raises(UserError, match=r"git\.example\.org is not known") as caught:
        hosted(["https://me:secret@git.example.org/a/b"], {})
    assert "GITLAB_HOST=git.example.org" in caught.value.todo
    assert "secret" not in str(caught.value)


def test_github_has_no_groups() -> None:
    with pytest.raises(UserError):
        hosted(["https://github.com/a/b/c"], {})


def test_the_pages() -> None:
    github, gitlab = Hosted(Kind.GITHUB, *GITHUB), Hosted(Kind.GITLAB, *GITLAB)
    assert github.page("fix/a b", "main", "Fix a&b") == (
        "https://github.com/acme/shop/compare/main...fix/a%20b?expand=1&title=Fix%20a%26b"
    )
    assert github.page("fix", None, "x").startswith("https://github.com/acme/shop/compare/fix?")
    assert gitlab.page("fix/a", "main", "Fix a") == (
        "https://gitlab.com/acme/ops/shop/-/merge_requests/new?merge_request%5Bsource_branch%5D=fix"
        "%2Fa&merge_request%5Btarget_branch%5D=main&merge_request%5Btitle%5D=Fix%20a"
    )
    assert "target_branch" not in gitlab.page("fix", None, "x")
