"""Pull and merge requests through stand-ins for gh and glab."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from patcher.errors import UserError
from patcher.sink.hosting import Hosted, Kind
from patcher.sink.pull_request import Opened, PullRequest, open_or_update, program_for
from tests.sink.stand_in import StandIn

WANTED = PullRequest("fix/hanna", "main", "Fix it", "What\n\n`why` \u00fc\n")
GITHUB = Hosted(Kind.GITHUB, "https", "github.com", "acme/shop")
GITLAB = Hosted(Kind.GITLAB, "https", "git.example.org:8080", "acme/ops/shop")
PULLS, PROJECT = "repos/acme/shop/pulls", "projects/acme%2Fops%2Fshop"
URL = "https://example.org/7"


def gh(tmp_path: Path, answers: dict[str, Any]) -> StandIn:
    return StandIn.made(tmp_path / "bin", "gh", answers)


def glab(tmp_path: Path, answers: dict[str, Any]) -> StandIn:
    return StandIn.made(tmp_path / "bin", "glab", answers)


def opened(one: StandIn, hosted: Hosted, wanted: PullRequest = WANTED) -> Opened:
    return open_or_update(str(one.program), hosted, wanted)


class TestGitHub:
    def test_opens_one(self, tmp_path: Path) -> None:
        one = gh(tmp_path, {f"GET {PULLS}": [], f"POST {PULLS}": {"html_url": URL}})
        assert opened(one, GITHUB) == Opened(URL, was_open=False)
        body = {"title": "Fix it", "body": WANTED.body, "head": "fix/hanna", "base": "main"}
        query = "?state=open&head=acme%3Afix%2Fhanna"
        assert one.requests == [("GET", PULLS + query, None), ("POST", PULLS, body)]

    def test_updates_the_open_one(self, tmp_path: Path) -> None:
        answers = {f"GET {PULLS}": [{"number": 7}], f"PATCH {PULLS}/7": {"html_url": URL}}
        one = gh(tmp_path, answers)
        assert opened(one, GITHUB) == Opened(URL, was_open=True)
        assert one.requests[-1][2] == {"title": "Fix it", "body": WANTED.body}

    def test_goes_into_the_default_branch_where_none_is_named(self, tmp_path: Path) -> None:
        answers = {
            f"GET {PULLS}": [],
            "GET repos/acme/shop": {"default_branch": "trunk"},
            f"POST {PULLS}": {"html_url": URL},
        }
        one = gh(tmp_path, answers)
        opened(one, GITHUB, PullRequest("fix/hanna", None, "Fix it", ""))
        assert one.requests[-1][2]["base"] == "trunk"


class TestGitLab:
    def test_opens_one(self, tmp_path: Path) -> None:
        requests = f"{PROJECT}/merge_requests"
        fork = {"iid": 3, "project_id": 1, "source_project_id": 2}
        one = glab(tmp_path, {f"GET {requests}": [fork], f"POST {requests}": {"web_url": URL}})
        assert opened(one, GITLAB) == Opened(URL, was_open=False)
        assert one.requests[-1][2] == {
            "title": "Fix it",
            "description": WANTED.body,
            "source_branch": "fix/hanna",
            "target_branch": "main",
        }

    def test_updates_the_open_one(self, tmp_path: Path) -> None:
        requests = f"{PROJECT}/merge_requests"
        own = {"iid": 7, "project_id": 1, "source_project_id": 1}
        answers = {f"GET {requests}": [own], f"PUT {requests}/7": {"web_url": URL}}
        one = glab(tmp_path, answers)
        assert opened(one, GITLAB) == Opened(URL, was_open=True)
        assert one.requests[-1][2] == {"title": "Fix it", "description": WANTED.body}
        assert one.asked[0]["arguments"][:3] == ["api", "--hostname", "git.example.org:8080"]


def test_it_runs_outside_of_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_DIR", str(tmp_path))
    one = gh(tmp_path, {f"GET {PULLS}": [], f"POST {PULLS}": {"html_url": URL}})
    opened(one, GITHUB)
    for asked in one.asked:
        assert not Path(asked["cwd"]).is_relative_to(tmp_path)
        assert not Path(asked["cwd"]).exists()
        assert "GIT_DIR" not in asked["git"]
        assert "GIT_TERMINAL_PROMPT" in asked["git"]


@pytest.mark.parametrize(
    ("answers", "saw"),
    [
        ({}, "gh: Not Found (HTTP 404)"),
        ({f"GET {PULLS}": "nonsense"}, "its answer is no JSON"),
        ({f"GET {PULLS}": {}}, "its answer is no list"),
        ({f"GET {PULLS}": [{"number": "x"}]}, "its answer has no number"),
        ({f"GET {PULLS}": [1]}, "its answer has no number"),
        ({f"GET {PULLS}": [], f"POST {PULLS}": [1]}, "its answer has no address"),
    ],
)
def test_what_goes_wrong_is_told_with_the_way_by_hand(
    tmp_path: Path, answers: dict[str, Any], saw: str
) -> None:
    with pytest.raises(UserError) as caught:
        opened(gh(tmp_path, answers), GITHUB)
    assert caught.value.message == f"gh did not open the pull request: {saw}; the branch is pushed"
    assert "https://github.com/acme/shop/compare/main...fix/hanna?" in caught.value.todo


def test_a_program_that_cannot_be_run(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such file"):
        open_or_update(str(tmp_path / "gone"), GITHUB, WANTED)


class TestWhichProgram:
    def found(self, top: Path) -> str | None:
        return program_for(Kind.GITHUB, top)

    def test_the_one_on_path(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        one = gh(tmp_path, {})
        monkeypatch.setenv("PATH", str(one.program.parent))
        assert self.found(tmp_path / "repository") == str(one.program)

    def test_none(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        assert self.found(tmp_path / "repository") is None

    @pytest.mark.parametrize("path", [".", "", "bin", "{}/bin", "{}/../link"])
    def test_never_one_of_the_repository(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
    ) -> None:
        top = tmp_path / "repository"
        top.mkdir()
        gh(top, {})
        StandIn.made(top, "gh", {})
        (tmp_path / "link").symlink_to(top / "bin")
        monkeypatch.chdir(top)
        monkeypatch.setenv("PATH", os.pathsep.join([path.format(top), ""]))
        assert self.found(top) is None
