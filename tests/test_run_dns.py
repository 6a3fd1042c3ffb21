"""`hanna-fix prove --dns` as a process: what it prints, and that it leaves nothing when it ends."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from patcher.__main__ import main
from tests.stacks import FIXTURES

STACK = """\
services:
  proxy:
    image: nginx:1.27-alpine
    volumes:
      - ./site.conf:/etc/nginx/conf.d/default.conf:ro
  app:
    image: example/app:1.4
"""
PATIENCE = 30


def start(project: Path, temporary: Path, *more: str) -> subprocess.Popen[bytes]:
    """Start the command; its private directories are made in `temporary`."""
    temporary.mkdir()
    command = [sys.executable, "-m", "patcher", "-C", str(project), "prove", "--dns", *more]
    environ = {**os.environ, "TMPDIR": str(temporary)}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=environ, stdout=pipe, stderr=pipe, stdin=pipe)


def left(temporary: Path) -> list[str]:
    """Return the files that are left, and the command lines of processes that use them."""
    marks = (path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists())
    running = [mark.decode(errors="replace") for mark in marks if str(temporary).encode() in mark]
    return [*map(str, temporary.iterdir()), *running]


def wait_for_nginx(process: subprocess.Popen[bytes], temporary: Path, count: int) -> None:
    """Wait until so many nginx run."""
    deadline = time.monotonic() + PATIENCE
    while len(list(temporary.glob("*/127.*/pid"))) < count:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a copy of the replica of the incident."""
    return Path(shutil.copytree(FIXTURES / "stacks" / "hanna" / "before", tmp_path / "project"))


# while locations are looked for one nginx runs at each stage, in the scenarios three more do
@pytest.mark.parametrize(("number", "count"), [(signal.SIGINT, 1), (signal.SIGTERM, 6)])
def test_a_signal_leaves_nothing(
    number: signal.Signals, count: int, project: Path, tmp_path: Path
) -> None:
    temporary = tmp_path / "temporary"
    process = start(project, temporary)
    wait_for_nginx(process, temporary, count)
    process.send_signal(number)
    process.send_signal(number)  # the second one must not disturb the first
    output, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, output, errors) == (130, b"", b"hanna-fix: interrupted\n")
    assert left(temporary) == []


def prove(project: Path, *more: str) -> int:
    return main(["-C", str(project), "prove", "--dns", *more])


def small(folder: Path, site: str) -> Path:
    """Write a small stack."""
    (folder / "compose.yaml").write_text(STACK)
    (folder / "site.conf").write_text(f"server {{\n    location / {{ {site}; }}\n}}\n")
    return folder


def test_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = small(tmp_path, "proxy_pass http://out.example")
    assert prove(project, "--format", "json") == 0
    said = capsys.readouterr()
    (trial,) = json.loads(said.out)["trials"]
    assert (trial["nginx"], trial["stage"]) == ("service proxy", "now")
    assert [one["line"] for one in trial["not_asked"]] == [2]
    assert said.err == ""


def test_a_report_in_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = small(tmp_path, "proxy_pass http://out.example")
    report = tmp_path / "dns.json"
    assert prove(project, "--format", "json", "-o", str(report)) == 0
    assert capsys.readouterr().out == ""
    assert json.loads(report.read_text())["trials"]


def test_other_formats_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = small(tmp_path, "proxy_pass http://out.example")
    assert prove(project, "--format", "sarif") == 2
    assert "no format sarif; use text or json" in capsys.readouterr().err


def test_a_location_that_cannot_be_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = small(tmp_path, "return 204; proxy_pass http://app:81")
    assert prove(project) == 0
    assert "0 of 1 proxied locations asked" in capsys.readouterr().out
    assert prove(project, "--quiet") == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("site", "more", "message"),
    [
        ("return 204", (), "no nginx of the stack hands requests to a service; the DNS lab sends"),
        ("return 204", ("--compose", "x"), "--dns runs nginx alone: not with --compose"),
        ("proxy_pass http://app:81", ("--nginx-bin", "/bin/false"), "/bin/false is no nginx"),
    ],
)
def test_what_it_refuses(
    site: str,
    more: tuple[str, ...],
    message: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert prove(small(tmp_path, site), *more) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert message in said.err
    assert said.err.count("\n") == 1
