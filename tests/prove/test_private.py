from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from patcher.prove.private import CannotRun, environment, private_directory, run

_SLEEPER = "sleep 300 & echo $! > child; wait"


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    # one that is not yet waited for counts as gone
    state = Path(f"/proc/{process}/stat")
    return not state.exists() or " Z " not in state.read_text()


def wait_until_gone(process: int) -> None:
    deadline = time.monotonic() + 10
    while is_alive(process):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def shell(script: str, folder: Path, **bounds: float) -> None:
    run(["/bin/sh", "-c", script], folder, environment(folder), **bounds)  # type: ignore[arg-type]


def test_the_directory_is_private_and_goes() -> None:
    with private_directory() as folder:
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "file").touch()
    assert not folder.exists()


def test_a_program_gets_an_environment_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "hunter2")
    done = run(["/usr/bin/env"], tmp_path, environment(tmp_path))
    assert done.status == 0
    assert "hunter2" not in done.output
    assert f"HOME={tmp_path}\n" in done.output


def test_a_program_reads_nothing_and_its_status_is_kept(tmp_path: Path) -> None:
    done = run(["/bin/sh", "-c", "cat; echo bad >&2; exit 3"], tmp_path, environment(tmp_path))
    assert (done.status, done.output, done.errors) == (3, "", "bad\n")


def test_a_program_that_takes_too_long_is_killed_with_its_children(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="sh took too long"):
        shell(_SLEEPER, tmp_path, seconds=0.5)
    wait_until_gone(int((tmp_path / "child").read_text()))


def test_a_program_that_closes_its_output_and_goes_on_is_killed(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="sh took too long"):
        shell("exec >&- 2>&-; sleep 300", tmp_path, seconds=0.3)


def test_children_that_outlive_the_program_are_killed(tmp_path: Path) -> None:
    shell("sleep 300 >/dev/null 2>&1 & echo $! > child", tmp_path)
    wait_until_gone(int((tmp_path / "child").read_text()))


def test_a_program_that_prints_too_much_is_killed(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="sh printed too much"):
        shell("while :; do echo x; done", tmp_path, max_output=100_000)


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="/none/such cannot be run: no such file"):
        run(["/none/such"], tmp_path, environment(tmp_path))


_SCRIPT = """
import sys
from patcher.prove.private import environment, private_directory, run
with private_directory() as folder:
    print(folder, flush=True)
    run(["/bin/sh", "-c", "sleep 300 & echo $! >&3; wait"] , folder, environment(folder))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_neither_a_process_nor_a_file(number: int, tmp_path: Path) -> None:
    script = _SCRIPT.replace(">&3", f"> {tmp_path}/child")
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    folder = Path(process.stdout.readline().strip())
    child = tmp_path / "child"
    while not (child.exists() and child.read_text()):
        time.sleep(0.02)
    process.send_signal(number)
    process.wait(30)
    process.stdout.close()
    assert not folder.exists()
    wait_until_gone(int(child.read_text()))
