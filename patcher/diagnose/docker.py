"""Asking the Docker daemon through its own program: reading only, bounded in time and size."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
from contextlib import suppress
from typing import Final

TIMEOUT: Final = 15.0
"""Seconds that one command may take."""

MAX_OUTPUT: Final = 1 << 20
"""Bytes of its output that are read."""

_MAX_REASON: Final = 300


class NoAnswer(Exception):  # noqa: N818 - it is no error: the rest goes on without
    """Docker cannot be asked, or did not answer; the text says why."""


def ask(*arguments: str) -> str:
    """Return what `docker` prints for these arguments; raises NoAnswer where it fails."""
    program = shutil.which("docker")
    if program is None:
        raise NoAnswer("there is no program called docker")
    try:
        process = subprocess.Popen(  # noqa: S603 - no shell, and the arguments are ours
            [program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # so that whatever it starts can be ended with it
        )
    except OSError as error:
        raise NoAnswer(f"docker cannot be run: {error.strerror}") from None
    return _output(process)


def _output(process: subprocess.Popen[bytes]) -> str:
    out, err = process.stdout, process.stderr
    if out is None or err is None:
        raise NoAnswer("docker has no output")
    late = threading.Event()

    def end() -> None:
        late.set()
        _kill(process)

    timer = threading.Timer(TIMEOUT, end)
    timer.start()
    try:
        told = out.read(MAX_OUTPUT + 1)
        if len(told) > MAX_OUTPUT:
            raise NoAnswer("docker printed more than can be taken in")
        reason = err.read(_MAX_REASON)
        status = process.wait()
    finally:
        timer.cancel()
        _kill(process)  # unless it has ended by itself
        process.wait()
        out.close()
        err.close()
    if late.is_set():
        raise NoAnswer(f"docker did not answer within {TIMEOUT:g} s")
    if status != 0:
        line = reason.decode("utf-8", "replace").strip().partition("\n")[0]
        raise NoAnswer(line or f"docker ended with status {status}")
    return told.decode("utf-8", "replace")


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.returncode is not None:
        return  # its number may be another's by now
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
