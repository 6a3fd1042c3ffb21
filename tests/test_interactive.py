"""`--interactive`: the dialogue, and that nothing is written which was not accepted."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from patcher.__main__ import main

COMPOSE = """\
services:
  cache:
    image: redis:7
  api:
    image: example/api:1
    depends_on: [cache]
"""
ENDED = "the answers ended before the questions: nothing is written"


class Typed(io.BytesIO):
    """Answers on standard input; `cut` is Ctrl-C after the last one."""

    def __init__(self, answers: str, *, cut: bool = False) -> None:
        super().__init__(answers.encode())
        self.cut = cut

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(size)
        if not line and self.cut:
            raise KeyboardInterrupt
        return line


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("COMPOSE_FILE", raising=False)
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "Operator")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "operator@example.org")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    return tmp_path


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Answer:
    return Answer(monkeypatch, capfd)


class Answer:
    """Runs a command with answers."""

    def __init__(self, patch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        self.patch, self.capfd = patch, capfd

    def __call__(self, answers: str, *arguments: str, cut: bool = False) -> tuple[int, str, str]:
        """Return status, standard output and standard error."""
        typed = io.TextIOWrapper(Typed(answers, cut=cut))
        self.patch.setattr(sys, "stdin", typed)
        status = main(arguments or ("apply", "-i"))
        out, err = self.capfd.readouterr()
        return status, out, err


def text(project: Path) -> str:
    return (project / "compose.yaml").read_text()


def test_shows_the_fix_and_writes_what_is_accepted(project: Path, answer: Answer) -> None:
    status, out, err = answer("n\ny\ny\n")
    assert (status, out) == (0, "")
    network, shown = err.split("(1/3) Make this fix [y,n,a,q,e,?]? n\n")
    assert network.startswith("warning implicit-network compose.yaml:2\n")
    shown, _, rest = shown.partition("(2/3) Make this fix [y,n,a,q,e,?]? y\n")
    assert shown.startswith("warning missing-healthcheck compose.yaml:2\n    `cache` has no health")
    assert "    evidence: none in the compose files" in shown
    assert "    next up: recreates `cache`, which then reports its health\n" in shown
    assert "\n+    healthcheck:\n" in shown
    assert "service_healthy" not in shown
    # the fix that it makes possible is shown in the file that it is made in
    assert "\n+        condition: service_healthy\n" in rest
    assert "2 fixed, 0 held, 1 left (1 file)\n" in rest
    assert "service_healthy" in text(project)
    assert "networks:" not in text(project)


def test_what_needs_a_declined_fix_is_told(project: Path, answer: Answer) -> None:
    _, _, err = answer("y\nn\n")
    assert "    not possible without it: unconditional-depends-on compose.yaml:6\n" in err
    assert text(project).startswith(COMPOSE)
    assert "networks:" in text(project)


def test_quit_keeps_what_was_accepted(project: Path, answer: Answer) -> None:
    status, _, err = answer("y\nq\n")
    assert status == 0
    assert "1 fixed, 0 held, 2 left (1 file)\n" in err
    assert "networks:" in text(project)
    assert "healthcheck:" not in text(project)


def test_all_takes_the_rest(project: Path, answer: Answer) -> None:
    _, _, err = answer("a\n")
    assert err.count("Make this fix") == 1
    assert "3 fixed, 0 held, 0 left (1 file)\n" in err


def test_explain_and_help_ask_again(project: Path, answer: Answer) -> None:
    _, _, err = answer("e\n?\nwhat\n\nq\n")
    assert "## Why it matters" in err
    assert err.count("y  make this fix\n") == 3
    assert err.count("(1/3) Make this fix") == 5
    assert text(project) == COMPOSE


def test_the_end_of_the_input_writes_nothing(project: Path, answer: Answer) -> None:
    status, _, err = answer("y\n")
    assert status == 2
    assert err.splitlines()[-1] == f"hanna-fix: {ENDED}; end with q to write what was accepted"
    assert text(project) == COMPOSE


def test_interrupted_writes_nothing(project: Path, answer: Answer) -> None:
    status, _, err = answer("y\n", cut=True)
    assert status == 130
    assert err.endswith("hanna-fix: interrupted\n")
    assert text(project) == COMPOSE


def test_bytes_that_are_no_text_are_no_answer(
    project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff\x1b[31m\nq\n")))
    assert main(["apply", "-i"]) == 0
    err = capfd.readouterr().err
    assert "y  make this fix\n" in err
    assert "\\x1b[31m\n" in err
    assert "\x1b" not in err


def test_goes_with_text_alone(project: Path, answer: Answer) -> None:
    status, out, err = answer("a\n", "apply", "-i", "--format", "json")
    assert (status, out) == (2, "")
    assert err.startswith("hanna-fix: --interactive is for people; ")
    assert text(project) == COMPOSE


def test_the_real_programs_are_asked_about_what_is_accepted(project: Path, answer: Answer) -> None:
    programs = ("--prove=auto", "--compose", "/none/compose", "--nginx-bin", "/none/nginx")
    status, _, err = answer("n\ny\ny\n", "apply", "-i", *programs)
    assert status == 0
    assert "2 fixed, 0 held, 1 left (1 file)\nnot proven Docker Compose: /none/compose" in err
    assert "service_healthy" in text(project)
    assert "networks:" not in text(project)


def test_with_nothing_to_fix_nothing_is_asked(project: Path, answer: Answer) -> None:
    assert main(["apply", "-q"]) == 0
    assert answer("") == (0, "", "nothing to fix\n")


def test_over_several_stacks(project: Path, answer: Answer) -> None:
    for name in ("one", "two", "three"):
        (project / name).mkdir()
        (project / name / "compose.yaml").write_text("services:\n  app:\n    image: x/y:1\n")
    (project / "compose.yaml").unlink()
    status, _, err = answer("y\nq\n", "apply", "-i", "--recursive")
    assert status == 0
    assert err.count("Make this fix") == 2
    assert "+++ b/one/compose.yaml\n" in err
    written = [one for one in ("one", "three", "two") if "networks" in text(project / one)]
    assert written == ["one"]


def test_all_is_of_one_stack(project: Path, answer: Answer) -> None:
    for name in ("one", "two"):
        (project / name).mkdir()
        (project / name / "compose.yaml").write_text(COMPOSE)
    (project / "compose.yaml").unlink()
    _, _, err = answer("a\nn\nn\n", "apply", "-i", "--recursive")
    assert err.count("Make this fix") == 3
    assert "networks" in text(project / "one")
    assert text(project / "two") == COMPOSE


class TestBranch:
    @pytest.fixture
    def repository(self, project: Path) -> Path:
        for arguments in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "first"]):
            subprocess.run(["git", *arguments], cwd=project, check=True)
        return project

    def shown(self, repository: Path, *arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=repository, capture_output=True, check=True)
        return done.stdout.decode()

    @pytest.mark.parametrize("per_rule", [[], ["--per-rule"]])
    def test_holds_what_is_accepted(
        self, repository: Path, answer: Answer, per_rule: list[str]
    ) -> None:
        status, out, _ = answer("n\ny\ny\n", "branch", "-i", *per_rule)
        assert status == 0
        assert out.startswith("fix/hanna: ")
        written = self.shown(repository, "show", "fix/hanna:compose.yaml")
        assert "service_healthy" in written
        assert "networks:" not in written
        count = self.shown(repository, "rev-list", "--count", "main..fix/hanna")
        assert count == ("2\n" if per_rule else "1\n")
        assert text(repository) == COMPOSE

    def test_refuses_before_it_asks(self, repository: Path, answer: Answer) -> None:
        self.shown(repository, "branch", "fix/hanna")
        status, _, err = answer("a\n", "branch", "-i")
        assert status == 2
        assert "Make this fix" not in err

    def test_with_nothing_accepted_there_is_none(self, repository: Path, answer: Answer) -> None:
        assert answer("n\nn\n", "branch", "-i")[0] == 0
        assert self.shown(repository, "branch", "--list", "fix/*") == ""


def test_on_a_terminal(project: Path) -> None:
    """The questions are in colour, what is typed is not printed twice, and Ctrl-C ends it."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "patcher", "apply", "-i"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        env={**os.environ, "TERM": "xterm", "NO_COLOR": ""},
    )
    os.close(theirs)
    seen = read_until(ours, b"]? ")
    assert b"\x1b[1m(1/3) Make this fix [y,n,a,q,e,?]? \x1b[0m" in seen
    os.write(ours, b"y\n")
    seen = read_until(ours, b"]? \x1b[0m")
    assert seen.startswith(b"y\r\n")
    assert not seen.startswith(b"y\r\ny")
    process.send_signal(2)
    assert process.wait(60) == 130
    os.close(ours)
    assert text(project) == COMPOSE


def read_until(descriptor: int, end: bytes) -> bytes:
    seen = b""
    while end not in seen:
        seen += os.read(descriptor, 4096)
    while not seen.endswith(b"\x1b[0m"):
        seen += os.read(descriptor, 4096)
    return seen
