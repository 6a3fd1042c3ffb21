"""`hanna-fix` without a command: what is here, and what to type next."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import pytest

from patcher.__main__ import main
from tests.stacks import FIXTURES

HANNA = FIXTURES / "stacks" / "hanna" / "before"
COMPOSE = "services:\n  app:\n    image: example/app:1\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("COMPOSE_FILE", raising=False)
    inner = tmp_path / "x y"
    inner.mkdir()
    monkeypatch.chdir(inner)
    return inner


def overview(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(arguments)
    out, err = capfd.readouterr()
    assert err == ""
    return code, out


def steps(out: str) -> list[str]:
    """Return the commands that are told to be typed next."""
    lines = out.partition("Next:\n")[2].splitlines()
    return [line.strip().split("  ")[0] for line in lines]


def test_what_is_here_and_what_comes_next(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(HANNA, folder, dirs_exist_ok=True)
    code, out = overview(capfd)
    assert code == 0
    head = "18 findings in docker-compose.yml and what belongs to it: all can be fixed.\n\n"
    assert out.startswith(f"{head}    8  unconditional-depends-on\n       A service starts")
    assert steps(out) == [
        "hanna-fix --dry-run",
        "hanna-fix check",
        "hanna-fix explain unconditional-depends-on",
        "hanna-fix apply",
    ]
    assert (folder / "docker-compose.yml").read_bytes() == (
        HANNA / "docker-compose.yml"
    ).read_bytes()


def test_the_commands_told_look_at_the_same_files(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "my stack").mkdir()
    (folder / "my stack" / "a.yml").write_text(COMPOSE)
    _, out = overview(capfd, "-C", "my stack", "-f", "a.yml")
    first, check, explain, last = steps(out)
    assert first == "hanna-fix -C 'my stack' -f a.yml --dry-run"
    for line, code in ((first, 0), (check, 1), (explain, 0), (last, 0)):
        assert main(shlex.split(line)[1:]) == code
    capfd.readouterr()
    assert overview(capfd, "-C", "my stack", "-f", "a.yml") == (
        0,
        "Nothing to fix in a.yml.\n\n"
        "Next:\n"
        "  hanna-fix rules                                      what it looks for\n"
        "  hanna-fix -C 'my stack' -f a.yml check --select ALL  also what is off by default\n",
    )


def test_what_needs_a_person_is_counted(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    text = COMPOSE + "  job:\n    image: example/job:1\n    depends_on: [app]\n"
    (folder / "compose.yaml").write_text(text)
    assert "1 can be fixed, 1 needs you." in overview(capfd)[1]
    (folder / "compose.yaml").write_text(COMPOSE)
    assert "it can be fixed." in overview(capfd)[1]


def test_no_stack_here(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, out = overview(capfd)
    assert code == 2
    assert out.startswith(f"No Docker Compose stack in {folder} or above it:\nlooked for compose.")
    assert steps(out) == ["hanna-fix -C DIR", "hanna-fix -f FILE", "hanna-fix --help"]
    assert overview(capfd, "-C", ".")[1].startswith(f"No Docker Compose stack in {folder}:\n")


def test_stacks_further_down(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for name in ("a b", *(f"c{number}" for number in range(6))):
        (folder / name).mkdir()
        (folder / name / "compose.yaml").write_text(COMPOSE)
    code, out = overview(capfd)
    assert code == 2
    assert "There are stacks below: a b, c0, c1, c2, c3, 2 more.\n" in out
    assert steps(out)[:2] == ["hanna-fix -C 'a b'", "hanna-fix check --recursive"]
    assert overview(capfd, "-C", "a b")[0] == 0


def test_many_stacks(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for name in ("a", "b"):
        (folder / name).mkdir()
        (folder / name / "compose.yaml").write_text(COMPOSE)
    code, out = overview(capfd, "--recursive")
    assert code == 0
    assert out.startswith(
        "2 findings in a/compose.yaml, b/compose.yaml and what belongs to it: all"
    )
    assert steps(out)[0] == "hanna-fix --recursive --dry-run"


def test_a_name_of_the_repository_is_text(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "\x1b[31m").mkdir()
    (folder / "\x1b[31m" / "compose.yaml").write_text(COMPOSE)
    assert "\x1b" not in overview(capfd)[1]


def test_a_stack_that_cannot_be_read(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "compose.yaml").write_text("services: [\n")
    assert main([]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("hanna-fix: compose.yaml:2:1: not valid YAML")
