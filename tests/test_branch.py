"""`branch` as a pull request: its text, its update, and the request at the hosting."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from patcher.__main__ import main
from tests.sink.stand_in import StandIn

COMPOSE = "services:\n  app:\n    image: example/app:1\n"
MORE = COMPOSE + "  web:\n    image: nginx:1.27\n    depends_on: [app]\n"
PULLS = "repos/acme/shop/pulls"
MERGES = "projects/acme%2Fshop/merge_requests"
URL = "https://example.org/7"
OPENED = {f"GET {PULLS}": [], f"POST {PULLS}": {"html_url": URL}}


class Place:
    """A repository with a bare remote that has the address of a project at a hosting."""

    def __init__(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capfd = folder, capfd
        self.top, self.remote = folder / "shop", folder / "remote.git"

    def git(self, *arguments: str, directory: Path | None = None) -> str:
        where = directory or self.top
        done = subprocess.run(["git", *arguments], cwd=where, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.decode().strip()

    def commit(self, text: str) -> None:
        (self.top / "compose.yaml").write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "as it is")

    def branch(self, *arguments: str, status: int = 0) -> tuple[str, str]:
        """Run the command; return what it prints."""
        assert main(["branch", "-C", str(self.top), *arguments]) == status
        return self.capfd.readouterr()

    def hosted_at(self, url: str) -> None:
        """Give the remote an address, which git's settings of the user lead to the bare one."""
        self.git("config", "--global", f"url.{self.remote}.insteadOf", url)
        self.git("remote", "set-url", "origin", url)

    def at_remote(self) -> str:
        return self.git("for-each-ref", "--format=%(refname:short)", directory=self.remote)


@pytest.fixture
def place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Place:
    for name in [name for name in os.environ if name.startswith(("GIT_", "GH_", "GITHUB_"))]:
        monkeypatch.delenv(name)
    for name in ("GITLAB_HOST", "GL_HOST", "CI_SERVER_HOST", "CI_SERVER_URL", "COMPOSE_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    made = Place(tmp_path, capfd)
    made.top.mkdir()
    made.git("config", "--global", "user.name", "Operator")
    made.git("config", "--global", "user.email", "operator@example.org")
    made.git("init", "-q", "-b", "main")
    made.git("init", "-q", "--bare", str(made.remote))
    made.git("remote", "add", "origin", str(made.remote))
    made.commit(COMPOSE)
    made.git("push", "-q", "origin", "main")
    return made


def stand_in(place: Place, patch: pytest.MonkeyPatch, name: str, answers: object) -> StandIn:
    assert isinstance(answers, dict)
    one = StandIn.made(place.folder / "bin", name, answers)
    patch.setenv("PATH", f"{one.program.parent}{os.pathsep}{os.environ['PATH']}")
    return one


class TestBody:
    def test_goes_into_a_file(self, place: Place) -> None:
        path = place.folder / "body.md"
        out, _ = place.branch("--body", str(path))
        assert out.startswith("fix/hanna: ")
        commit = place.git("rev-parse", "fix/hanna")
        text = path.read_text()
        assert text.startswith("1 documented fault is fixed in `compose.yaml`.\n")
        assert f"git revert --no-edit {commit[:12]}" in text

    def test_is_printed(self, place: Place) -> None:
        out, err = place.branch("--body", "-")
        assert out.startswith("1 documented fault is fixed")
        assert out.endswith(".\n")
        assert "hanna-fix: fix/hanna: " in err

    def test_not_beside_a_report(self, place: Place) -> None:
        out, err = place.branch("--body", "-", "--format", "json", status=2)
        assert out == ""
        assert "the body and the report would both be printed" in err
        assert place.git("branch", "--list", "fix/*") == ""
        out, _ = place.branch("--body", "-", "--format", "json", "-o", str(place.folder / "x"))
        assert out.startswith("1 documented fault")

    def test_a_file_that_cannot_be_written_stops_it_before(self, place: Place) -> None:
        _, err = place.branch("--body", str(place.folder / "none" / "body.md"), status=2)
        assert "cannot be written" in err
        assert place.git("branch", "--list", "fix/*") == ""

    def test_names_files_from_the_top(self, place: Place) -> None:
        (place.top / "deploy").mkdir()
        place.git("mv", "compose.yaml", "deploy/")
        place.git("commit", "-qm", "move")
        out, _ = place.branch("-C", str(place.top / "deploy"), "--body", "-")
        assert out.startswith("1 documented fault is fixed in `deploy/compose.yaml`.\n")


class TestUpdate:
    def test_title_and_commit_stay(self, place: Place) -> None:
        place.branch("--update")
        before = place.git("rev-parse", "fix/hanna")
        out, _ = place.branch("--update")
        assert out.startswith(f"fix/hanna: {before[:12]} on ")
        assert out.endswith(", as it was\n")
        assert place.git("rev-parse", "fix/hanna") == before

    def test_follows_the_base(self, place: Place) -> None:
        place.branch("--update", "--push", "origin")
        before = place.git("rev-parse", "fix/hanna")
        place.commit(MORE)
        out, _ = place.branch("--update", "--push", "origin")
        assert out.endswith(f", was {before[:12]}\n")
        after = place.git("rev-parse", "fix/hanna")
        assert place.git("rev-parse", "fix/hanna^") == place.git("rev-parse", "main")
        assert place.git("ls-remote", "origin", "refs/heads/fix/hanna").startswith(after)
        out, _ = place.branch("--update", "--push", "origin")
        assert "fix/hanna: origin has it already\n" in out

    def test_nobody_else_s_commit_is_replaced(self, place: Place) -> None:
        place.branch()
        place.git("checkout", "-q", "fix/hanna")
        place.commit(MORE)
        place.git("checkout", "-q", "main")
        before = place.git("rev-parse", "fix/hanna")
        out, err = place.branch("--update", status=2)
        assert (out, err.count("\n")) == ("", 1)
        assert "is not as hanna-fix wrote it" in err
        assert place.git("rev-parse", "fix/hanna") == before


class TestPullRequest:
    def test_is_opened_through_gh(self, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
        place.hosted_at("https://github.com/acme/shop.git")
        one = stand_in(place, monkeypatch, "gh", OPENED)
        out, _ = place.branch("--push", "origin", "--pr")
        assert out.endswith(f"pull request opened: {URL}\n")
        sent = one.requests[-1][2]
        assert (sent["title"], sent["head"], sent["base"]) == (
            "Fix implicit-network",
            "fix/hanna",
            "main",
        )
        assert sent["title"] == place.git("log", "-1", "--format=%s", "fix/hanna")
        assert sent["body"].startswith("1 documented fault is fixed")
        assert place.at_remote() == "fix/hanna\nmain"

    def test_is_updated_through_glab(self, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
        place.hosted_at("git@git.example.org:acme/shop.git")
        monkeypatch.setenv("GITLAB_HOST", "git.example.org")
        own = {"iid": 7, "project_id": 1, "source_project_id": 1}
        answers = {f"GET {MERGES}": [own], f"PUT {MERGES}/7": {"web_url": URL}}
        one = stand_in(place, monkeypatch, "glab", answers)
        out, err = place.branch("--update", "--push", "origin", "--pr", "--format", "json")
        assert json.loads(out)
        assert f"hanna-fix: merge request updated: {URL}\n" in err
        assert one.requests[-1][0] == "PUT"

    def test_without_the_program_the_page_is_printed(
        self, place: Place, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        place.hosted_at("https://me:secret@github.com/acme/shop.git")
        monkeypatch.setattr("shutil.which", lambda _: None)
        out, err = place.branch("--push", "origin", "--pr")
        page = "https://github.com/acme/shop/compare/main...fix/hanna?expand=1&title="
        assert f"there is no gh here; open the pull request at {page}" in out
        assert "secret" not in out + err

    def test_a_failure_leaves_the_branch_pushed(
        self, place: Place, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        place.hosted_at("https://me:secret@github.com/acme/shop.git")
        stand_in(place, monkeypatch, "gh", {})
        _, err = place.branch("--push", "origin", "--pr", status=2)
        assert "gh did not open the pull request: gh: Not Found (HTTP 404)" in err
        assert "secret" not in err
        assert place.at_remote() == "fix/hanna\nmain"

    def test_from_a_detached_head(self, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
        place.hosted_at("git@github.com:acme/shop.git")
        place.git("checkout", "-q", "--detach")
        trunk = {"GET repos/acme/shop": {"default_branch": "trunk"}}
        one = stand_in(place, monkeypatch, "gh", OPENED | trunk)
        place.branch("--push", "origin", "--pr")
        assert one.requests[-1][2]["base"] == "trunk"
        place.branch("again", "--base", "main", "--push", "origin", "--pr")
        assert one.requests[-1][2]["base"] == "main"

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["--pr"], "--pr needs the branch at the remote; name a remote: --push origin"),
            (["--push", "origin", "--pr"], "the remote's address names no project on a server"),
            (["--push", "upstream", "--pr"], "no remote upstream; known: origin"),
        ],
    )
    def test_is_refused_before_anything_is_done(
        self, place: Place, arguments: list[str], message: str
    ) -> None:
        out, err = place.branch(*arguments, status=2)
        assert out == ""
        assert message in err
        assert place.git("branch", "--list", "fix/*") == ""

    def test_with_nothing_to_fix_nobody_is_asked(
        self, place: Place, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        place.hosted_at("git@github.com:acme/shop.git")
        one = stand_in(place, monkeypatch, "gh", OPENED)
        _, err = place.branch("--push", "origin", "--pr", "--ignore", "ALL")
        assert err == "nothing to fix\n"
        assert one.asked == []
        assert place.at_remote() == "main"
