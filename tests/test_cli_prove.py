"""`--prove` and `hanna-fix prove`: exit codes, what is said, and what is undone."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from patcher.__main__ import main
from tests.prove.proving import COMPOSE_BIN, NGINX_BIN, needs_programs
from tests.stacks import FIXTURES

pytestmark = needs_programs

NOTHING = ("--compose", "/none/compose", "--nginx-bin", "/none/nginx")
MIXED = ("--select", "resolver-mixed,implicit-network")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("COMPOSE_FILE", raising=False)
    folder = tmp_path / "hanna"
    shutil.copytree(FIXTURES / "stacks/hanna/before", folder)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give private directories a place of their own: nothing may be left in it."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def wrapper(path: Path, program: Path | None, condition: str) -> str:
    """Write a program that is `program`, but fails where the shell's `condition` holds."""
    path.write_text(
        f'#!/bin/sh\n{condition} && {{ echo broken >&2; exit 1; }}\nexec {program} "$@"\n'
    )
    path.chmod(0o755)
    return str(path)


def test_prove_prints_what_the_programs_say(
    project: Path, scratch: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    before = tree(project)
    assert main(["prove"]) == 0
    out, err = capfd.readouterr()
    lines = out.splitlines()
    assert lines[0] == "18 fixed, 0 held, 0 left (2 files)"
    assert re.fullmatch(
        r"proven Docker Compose [\d.]+: takes the project before and after, .*", lines[1]
    )
    assert re.fullmatch(r"proven nginx [\d.]+, nginx: passes before and after \(.*\)", lines[2])
    assert err == ""
    assert tree(project) == before
    assert list(scratch.iterdir()) == []


def test_prove_ends_with_two_where_something_is_not_proven(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["prove", *NOTHING]) == 2
    out, err = capfd.readouterr()
    assert "not proven Docker Compose: /none/compose cannot be run: no such file" in out
    assert "not proven nginx, nginx: /none/nginx cannot be run: no such file" in out
    assert err.startswith("hanna-fix: not proven: Docker Compose: ")
    assert err.count("\n") == 1


def test_a_diff_tells_what_is_proven(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["--dry-run", *MIXED]) == 0
    plain = capfd.readouterr()
    assert "proven" not in plain.err
    assert main(["--dry-run", "--prove=require", *MIXED]) == 0
    proven = capfd.readouterr()
    assert proven.out == plain.out
    assert proven.err.startswith(plain.err)
    assert [one.split()[:2] for one in proven.err.splitlines()[-2:]] == [
        ["proven", "Docker"],
        ["proven", "nginx"],
    ]


def test_auto_goes_on_without_the_programs(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", "--prove=auto", *NOTHING, *MIXED]) == 0
    out, err = capfd.readouterr()
    assert out.startswith("diff --git")
    assert "not proven nginx, nginx: /none/nginx cannot be run" in err


def test_require_ends_without_them(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before = tree(project)
    for command in ("diff", "apply"):
        assert main([command, "--prove=require", *NOTHING, *MIXED]) == 2
        out, err = capfd.readouterr()
        assert out == ""
        assert err.startswith("hanna-fix: not proven: Docker Compose: /none/compose cannot be run")
        assert "(and 1 more)" in err
        assert err.count("\n") == 1
    assert tree(project) == before


def test_json_holds_the_proof(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", "--format", "json", *MIXED]) == 0
    assert "proof" not in json.loads(capfd.readouterr().out)
    assert main(["diff", "--format", "json", "--prove", "auto", *MIXED]) == 0
    proof = json.loads(capfd.readouterr().out)["proof"]
    assert proof["complete"] is True
    assert [one["program"] for one in proof["statements"]] == ["Docker Compose", "nginx"]
    assert proof["statements"][1]["subject"] == "nginx"
    assert proof["statements"][1]["status"] == "proven"


def test_markdown_holds_the_proof(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["prove", "--format", "markdown", *MIXED]) == 0
    out = capfd.readouterr().out
    assert out.index("### Fixed") < out.index("### Proof") < out.index("<details>")
    assert "- **proven** Docker Compose" in out


def test_apply_proves_and_writes(project: Path, scratch: Path) -> None:
    assert main(["apply", "--prove=require", "-q", *MIXED]) == 0
    assert "hanna_network" in (project / "docker-compose.yml").read_text()
    assert "8.8.8.8 8.8.4.4" not in (project / "nginx_proxy/nginx.conf").read_text()
    assert list(scratch.iterdir()) == []
    assert not list(project.glob(".hanna-fix*"))


@pytest.mark.parametrize("program", ["compose", "nginx"])
def test_what_is_not_proven_when_written_is_put_back(
    program: str, project: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A program that fails as soon as the files are written."""
    binary = COMPOSE_BIN if program == "compose" else NGINX_BIN
    written = f"grep -q hanna_network {project}/docker-compose.yml && [ $# -gt 2 ]"
    path = wrapper(tmp_path / program, binary, written)
    option = "--compose" if program == "compose" else "--nginx-bin"
    before = tree(project)
    assert main(["apply", "--prove=auto", "-q", option, path, *MIXED]) == 2
    _, err = capfd.readouterr()
    assert err.startswith("hanna-fix: the written files are not proven: ")
    assert "every file is as it was before" in err
    assert tree(project) == before


def test_branch_proves_before_it_commits(
    project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for variable, value in {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Operator",
        "GIT_AUTHOR_EMAIL": "operator@example.org",
        "GIT_COMMITTER_NAME": "Operator",
        "GIT_COMMITTER_EMAIL": "operator@example.org",
    }.items():
        monkeypatch.setenv(variable, value)
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "x"]):
        subprocess.run(["git", *command], check=True)
    assert main(["branch", "one", "--prove=require", *NOTHING, *MIXED]) == 2
    assert "not proven" in capfd.readouterr().err
    assert main(["branch", "one", "--prove=require", "-q", *MIXED]) == 0
    done = subprocess.run(["git", "branch", "--list"], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["*", "main", "one"]


def test_every_stack_is_proven(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["prove", "--recursive", *MIXED]) == 0
    out = capfd.readouterr().out
    assert ", crm_backend: takes the project" in out


def test_with_nothing_to_fix_there_is_nothing_to_prove(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["prove", "--ignore", "ALL"]) == 0
    assert capfd.readouterr().out == (
        "nothing to fix\nnothing to prove: no file that Compose or nginx reads is changed\n"
    )


@pytest.mark.parametrize(
    "arguments", [["check", "--prove=auto"], ["--prove=auto", "check"], ["--prove=perhaps"]]
)
def test_options_in_the_wrong_place(
    arguments: list[str], project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.count("\n") == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_while_proving_leaves_nothing(
    number: int, project: Path, scratch: Path, tmp_path: Path
) -> None:
    marker = tmp_path / "asked"
    slow = f'[ "$1" = version ] || {{ echo $$ > {marker}; sleep 300; }}; false'
    path = wrapper(tmp_path / "slow", COMPOSE_BIN, slow)
    before = tree(project)
    process = subprocess.Popen(
        [sys.executable, "-m", "patcher", "apply", "--prove=auto", "--compose", path],
        env={**os.environ, "TMPDIR": str(scratch), "PYTHONPATH": str(FIXTURES.parent)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (marker.exists() and marker.read_text()):
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err == "hanna-fix: interrupted\n"
    assert list(scratch.iterdir()) == []
    assert tree(project) == before
    with pytest.raises(ProcessLookupError):
        os.kill(int(marker.read_text()), 0)
