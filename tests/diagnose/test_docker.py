"""Asking docker: bounded in time and size, and never more than a line on failure."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from patcher.diagnose import docker as asking
from patcher.diagnose.docker import NoAnswer, ask
from tests.diagnose.stand_in import StandIn


def test_what_it_prints_is_returned(docker: StandIn) -> None:
    docker.answer(ps={"out": "one\ntwo\n"})
    assert ask("ps", "--all") == "one\ntwo\n"
    assert docker.asked == [["ps", "--all"]]


def test_the_reason_of_a_failure_is_one_line(docker: StandIn) -> None:
    docker.answer(ps={"err": "Cannot connect to the daemon.\nmore\n", "status": 1})
    with pytest.raises(NoAnswer, match=r"^Cannot connect to the daemon\.$"):
        ask("ps")
    docker.answer(ps={"status": 3})
    with pytest.raises(NoAnswer, match="status 3"):
        ask("ps")


def test_without_docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoAnswer, match="no program called docker"):
        ask("ps")
    (tmp_path / "docker").write_text("")
    (tmp_path / "docker").chmod(0o755)
    with pytest.raises(NoAnswer, match="cannot be run"):
        ask("ps")


def test_too_much_output_is_refused(docker: StandIn) -> None:
    docker.answer(ps={"out": "x" * 1000, "times": 5000})
    with pytest.raises(NoAnswer, match="more than can be taken in"):
        ask("ps")


def test_a_slow_one_is_ended_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "TIMEOUT", 0.3)
    program = tmp_path / "docker"
    program.write_text("#!/bin/sh\nsleep 600 &\necho $! > child\nsleep 600\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NoAnswer, match=r"within 0\.3 s"):
        ask("ps")
    child = int((tmp_path / "child").read_text())
    end = time.monotonic() + 30
    while _lives(child):
        assert time.monotonic() < end
        time.sleep(0.02)


def _lives(process: int) -> bool:
    """Whether a process runs; one that has ended and that nobody waited for yet does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"
