"""Two runs at once, in processes of their own, through the real command line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from patcher.__main__ import main
from patcher.errors import UserError
from patcher.sink.lock import locked
from patcher.sink.names import JOURNAL, LOCK
from tests.sink.faults import make_project, snapshot
from tests.stacks import ROOT

BUSY = "hanna-fix: another hanna-fix apply is at work here; wait until it is done\n"
# the real program, which stops itself where one of its three files is renamed
STOPPING = """\
import os, signal, sys
from patcher.__main__ import run

real, renames = os.replace, []

def replace(source, target):
    renames.append(target)
    if len(renames) == 3:
        os.kill(os.getpid(), signal.SIGSTOP)
    real(source, target)

os.replace = replace
run()
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    make_project(tmp_path / "project")
    return tmp_path / "project"


@pytest.fixture
def half_way(root: Path) -> Iterator[subprocess.Popen[str]]:
    """An `apply` that has stopped in the middle, and is alive."""
    command = [sys.executable, "-c", STOPPING, "-C", str(root), "apply", "--quiet"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        yield process
        process.kill()


def test_the_second_run_writes_nothing(
    root: Path, half_way: subprocess.Popen[str], capfd: pytest.CaptureFixture[str]
) -> None:
    before = snapshot(root)
    assert main(["-C", str(root), "apply"]) == 2
    assert capfd.readouterr().err == BUSY
    for command in ("check", "diff"):
        assert main(["-C", str(root), command]) == 2
        assert ".hanna-fix.journal: an apply has not finished here" in capfd.readouterr().err
    assert snapshot(root) == before
    half_way.send_signal(signal.SIGCONT)
    assert half_way.wait() == 0
    assert main(["-C", str(root), "apply"]) == 0
    assert capfd.readouterr().err == "nothing to fix\n"


def test_a_killed_run_holds_nothing(
    root: Path, half_way: subprocess.Popen[str], capfd: pytest.CaptureFixture[str]
) -> None:
    half_way.kill()
    assert half_way.wait() == -signal.SIGKILL
    assert {LOCK, JOURNAL} <= set(snapshot(root))
    assert main(["-C", str(root), "apply"]) == 0
    told = capfd.readouterr().err.splitlines()
    put_back = "put back: base/compose.yaml"
    assert told[0] == f"hanna-fix: an earlier apply was cut off; {put_back}"
    assert told[-1] == "5 fixed, 0 held, 0 left (3 files)"
    assert not [path for path in snapshot(root) if ".hanna-fix" in path]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_undoes(
    root: Path, tmp_path: Path, half_way: subprocess.Popen[str], number: signal.Signals
) -> None:
    half_way.send_signal(number)
    half_way.send_signal(signal.SIGCONT)
    _, told = half_way.communicate()
    assert (half_way.returncode, told) == (130, "hanna-fix: interrupted\n")
    make_project(tmp_path / "old")
    assert snapshot(root) == snapshot(tmp_path / "old")


def test_many_at_once(root: Path) -> None:
    command = [sys.executable, "-m", "patcher", "-C", str(root), "apply", "--quiet"]
    running = [
        subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in range(4)
    ]
    ended = [(*process.communicate(), process.returncode) for process in running]
    assert {status for *_, status in ended} <= {0, 2}
    assert 0 in {status for *_, status in ended}
    assert all(told.count("\n") == (1 if status else 0) for _, told, status in ended)
    assert main(["-C", str(root), "check"]) == 0
    assert not [path for path in snapshot(root) if ".hanna-fix" in path]


def test_is_gone_afterwards(root: Path) -> None:
    before = snapshot(root)
    with locked(root):
        assert (root / LOCK).exists()
        with pytest.raises(UserError, match="another hanna-fix apply"), locked(root):
            pass
    assert snapshot(root) == before


def test_one_that_was_just_removed_is_held_by_nobody(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The holder removes the file between our opening and locking it, and a third makes another."""
    import fcntl

    real = fcntl.flock

    def flock(descriptor: int, operation: int) -> None:
        (root / LOCK).unlink()
        (root / LOCK).touch()
        real(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(UserError, match="another hanna-fix apply"), locked(root):
        pass
    assert (root / LOCK).exists()


@pytest.mark.parametrize("kind", ["link", "folder", "pipe"])
def test_something_else_in_its_place(root: Path, tmp_path: Path, kind: str) -> None:
    make: dict[str, Callable[[Path], None]] = {
        "link": lambda path: path.symlink_to(tmp_path / "outside"),
        "folder": Path.mkdir,
        "pipe": os.mkfifo,
    }
    make[kind](root / LOCK)
    with pytest.raises(UserError) as caught, locked(root):
        pass
    assert str(caught.value).startswith(".hanna-fix.lock: ")
    assert os.path.lexists(root / LOCK)
    assert not (tmp_path / "outside").exists()


def test_one_of_the_repository_is_not_written_to(root: Path) -> None:
    (root / "precious").write_text("kept\n")
    os.link(root / "precious", root / LOCK)
    with locked(root):
        pass
    assert (root / "precious").read_text() == "kept\n"
