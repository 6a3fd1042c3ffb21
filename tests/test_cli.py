"""The command line: exit codes, one clear line for each bad input, and nothing written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from patcher import __version__
from patcher.__main__ import main

COMPOSE = """\
services:
  app:
    image: example/app:1
    environment:
      TOKEN: ${TOKEN}
"""
FIXED_NAME = "hanna_network"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("COMPOSE_FILE", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "compose.yaml").write_text(COMPOSE)
    monkeypatch.chdir(folder)
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(capfd: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run a command that must end with exit code 2; return its one line."""
    before = tree(Path.cwd())
    assert main(arguments) == 2
    assert tree(Path.cwd()) == before
    out, err = capfd.readouterr()
    assert out == ""
    lines = err.strip().split("\n")
    assert len(lines) == 1, err
    assert "Traceback" not in err
    return lines[0]


def test_dry_run(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["--dry-run"]) == 0
    out, err = capfd.readouterr()
    assert out.startswith("diff --git a/compose.yaml b/compose.yaml\n")
    assert f"+    name: {FIXED_NAME}\n" in out
    assert "1 fixed, 0 held, 0 left (1 file)" in err
    assert (project / "compose.yaml").read_text() == COMPOSE


def test_diff_prints_the_same(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["--dry-run", "-q"]) == 0
    first = capfd.readouterr()
    assert main(["diff", "-q"]) == 0
    assert capfd.readouterr() == first
    assert first.err == ""


def test_diff_to_a_file(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "-o", "fix.patch"]) == 0
    assert capfd.readouterr().out == ""
    assert f"+    name: {FIXED_NAME}" in (project / "fix.patch").read_text()


def test_diff_to_an_unwritable_place(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert "cannot be written" in refused(capfd, "diff", "-q", "-o", "none/fix.patch")


def test_check_exits_with_one(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 1
    assert "implicit-network compose.yaml:2:3" in capfd.readouterr().out
    assert main(["check", "--ignore", "implicit-network"]) == 0


def test_apply_writes_and_then_has_nothing_to_do(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["apply"]) == 0
    assert (project / "compose.yaml").read_text().startswith(COMPOSE)
    assert FIXED_NAME in (project / "compose.yaml").read_text()
    capfd.readouterr()
    assert main(["apply"]) == 0
    assert capfd.readouterr().err == "nothing to fix\n"


def test_exit_code_tells_what_is_left(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    text = COMPOSE + "  job:\n    image: example/job:1\n    depends_on: [app]\n"
    (project / "compose.yaml").write_text(text)
    assert main(["--dry-run"]) == 0
    assert "1 left" in capfd.readouterr().err
    assert main(["--dry-run", "--exit-code"]) == 1


def test_options_stand_before_or_behind_the_command(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    os.chdir(project.parent)
    assert main(["-C", "project", "check"]) == 1
    first = capfd.readouterr()
    assert main(["check", "-C", "project"]) == 1
    assert capfd.readouterr() == first


def test_compose_file_is_searched_upwards(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (project / "deep/er").mkdir(parents=True)
    os.chdir(project / "deep/er")
    assert main(["check"]) == 1
    assert "compose.yaml:2:3" in capfd.readouterr().out


def test_version_rules_explain(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capfd.readouterr().out == f"hanna-fix {__version__}\n"
    assert main(["rules"]) == 0
    assert "resolver-mixed" in capfd.readouterr().out
    assert main(["explain", "resolver-mixed"]) == 0
    assert "## Why it matters" in capfd.readouterr().out


def test_color_is_for_terminals_only(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 1
    assert "\x1b" not in capfd.readouterr().out
    assert main(["check", "--color", "always"]) == 1
    assert "\x1b[33mwarning" in capfd.readouterr().out


@pytest.mark.parametrize("command", ["check", "diff", "apply"])
def test_unparsable_yaml(project: Path, capfd: pytest.CaptureFixture[str], command: str) -> None:
    (project / "compose.yaml").write_text("services:\n  a: [\n")
    assert main([command]) == 2
    assert "compose.yaml:3:1: not valid YAML" in capfd.readouterr().err
    assert (project / "compose.yaml").read_text() == "services:\n  a: [\n"


BROKEN_NGINX = "server {\n  listen 80\n}\n"


@pytest.fixture
def broken_nginx(project: Path) -> Path:
    mount = "./site.conf:/etc/nginx/conf.d/site.conf"
    text = COMPOSE + f"  web:\n    image: nginx:1.27\n    volumes: ['{mount}']\n"
    (project / "compose.yaml").write_text(text)
    (project / "site.conf").write_text(BROKEN_NGINX)
    return project


def test_check_goes_on_beside_a_broken_file(
    broken_nginx: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["check"]) == 2
    out, err = capfd.readouterr()
    assert "implicit-network" in out
    assert "site.conf:2:12" in err


@pytest.mark.parametrize("command", [["--dry-run"], ["apply"]])
def test_nothing_is_fixed_beside_a_broken_file(
    broken_nginx: Path, capfd: pytest.CaptureFixture[str], command: list[str]
) -> None:
    assert refused(capfd, *command).startswith("hanna-fix: site.conf:2:12: ")


def test_no_compose_file(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (project / "compose.yaml").unlink()
    line = refused(capfd, "--dry-run")
    assert "compose.yaml, compose.yml, docker-compose.yml, docker-compose.yaml" in line


def test_two_candidates(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (project / "docker-compose.yml").write_text("services: {}\n")
    assert main(["--dry-run"]) == 0
    out, err = capfd.readouterr()
    assert "warning: several compose files: compose.yaml, docker-compose.yml; using compose" in err
    assert "a/compose.yaml" in out


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "compose.yaml:1:1: the file has no services"),
        (b"services:\n  \xe9: {}\n", "compose.yaml:2:3: not UTF-8 (byte 0xe9)"),
        (b"services: [a]\n", "compose.yaml:1:11: `services` must be a mapping"),
        (b"services:\n  a b: {}\n", "compose.yaml:2:3: `a b` is no service name that Compose"),
        (b"- a\n", "compose.yaml:1:1: the top level must be a mapping"),
        (b"services:\n  a: {}\n  a: {}\n", "compose.yaml:3:3: key `a` stands twice"),
        (b"services:\n  a: *b\n", "compose.yaml:2:6: "),
    ],
)
def test_bad_compose_file(
    project: Path, capfd: pytest.CaptureFixture[str], content: bytes, message: str
) -> None:
    (project / "compose.yaml").write_bytes(content)
    assert message in refused(capfd, "--dry-run")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "--select", "resolver-mixd"], "did you mean resolver-mixed?"),
        (["explain", "resolver-mixd"], "did you mean resolver-mixed?"),
        (["--dry-rnu"], "--dry-run"),
        (["chekc"], "check"),
        (["--dry-run", "apply"], "--dry-run goes without a command"),
        (["--exit-code"], "--exit-code needs a command; give check, diff, apply or branch"),
        (["--format", "json"], "--format needs a command"),
        (["check", "--format", "xml"], "'xml' is not one of 'text', 'json'"),
        (["check", "--nope"], "no such option: --nope"),
        (["explain"], "missing argument 'RULE'; see `hanna-fix explain --help`"),
        (["check", "-f", "none.yml"], "none.yml: no such file"),
        (["check", "-f", "../x.yml"], "../x.yml: lies outside of the project directory"),
        (["check", "--nginx", "/etc/passwd"], "/etc/passwd: lies outside"),
        (["check", "-C", "none"], "none: cannot be read"),
        (["branch", "fix/x"], "git"),
    ],
)
def test_bad_arguments(
    project: Path, capfd: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    if arguments[1:3] == ["-f", "none.yml"]:
        assert main(arguments) == 2
        assert message in capfd.readouterr().err
    else:
        assert message in refused(capfd, *arguments)


def test_directory_without_read_permission(
    project: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(_path: object) -> list[str]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "listdir", denied)
    assert main(["--dry-run"]) == 2
    assert ".: cannot be read: permission denied; check its permissions" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ('services:\n  "a\\e[31mb":\n    image: x\n', 2),
        ('services: {a: {image: x, depends_on: [b]}, b: {image: "y\\e[31m"}}\n', 1),
    ],
)
def test_escapes_of_the_repository_do_not_reach_the_screen(
    project: Path, capfd: pytest.CaptureFixture[str], text: str, status: int
) -> None:
    (project / "compose.yaml").write_text(text)
    assert main(["check"]) == status
    out, err = capfd.readouterr()
    assert "\x1b" not in out + err
    assert "\\x1b[31m" in out + err


def test_env_values_are_never_printed(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (project / ".env").write_text("TOKEN=s3cr3t\nCOMPOSE_FILE=compose.yaml\n")
    for command in (["check"], ["--dry-run", "-v"], ["diff"]):
        main(command)
        out, err = capfd.readouterr()
        assert "s3cr3t" not in out + err


def test_a_bug_is_one_line_and_exit_code_three(
    project: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> None:
        raise ZeroDivisionError("boom")

    monkeypatch.setattr("patcher.run_check.run_check", broken)
    assert main(["check"]) == 3
    line = capfd.readouterr().err
    assert "a bug in hanna-fix: ZeroDivisionError: boom" in line
    assert line.count("\n") == 1
    assert main(["check", "-v"]) == 3
    assert "Traceback" in capfd.readouterr().err


def test_reader_that_leaves_early_is_no_error(project: Path) -> None:
    script = f"{sys.executable} -m patcher rules | true"
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_branch_outside_of_a_repository(
    project: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(project.parent))
    assert "not a git repository" in refused(capfd, "branch")
