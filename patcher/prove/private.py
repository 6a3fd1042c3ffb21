"""Private directories, and programs that run in them within bounds and leave nothing behind.

A program gets an environment of its own, no input, a time limit, and a limit for what it may print.
It leads a process group; whatever ends the block that started it also ends the whole group.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from patcher.prove.interrupts import held_back, interruptible

SECONDS: Final = 30.0
"""How long a program may take, unless told otherwise."""

MAX_OUTPUT: Final = 64 * 1024 * 1024
"""How many bytes a program may print, both streams together."""

# of address space: a program in Go maps a lot more than it uses
_MAX_MEMORY: Final = 8 * 1024 * 1024 * 1024
_CHUNK: Final = 65536


class CannotRun(Exception):  # noqa: N818 - what came of it, not whose fault
    """A program could not be run to its end: the reason, for people."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a program ended with; `output` and `errors` are its two streams as text."""

    status: int
    output: str
    errors: str


@contextmanager
def private_directory() -> Iterator[Path]:
    """Yield a new directory that only this user may enter, removed at the end.

    SIGTERM and SIGHUP raise KeyboardInterrupt meanwhile, as SIGINT does, so that they remove it,
    too. Raises CannotRun where no directory can be made.
    """
    folder = None
    with interruptible():
        try:
            with held_back():
                folder = _new_directory()
            yield Path(folder.name).resolve()
        finally:
            with held_back():
                if folder is not None:
                    folder.cleanup()


def _new_directory() -> tempfile.TemporaryDirectory[str]:
    try:
        return tempfile.TemporaryDirectory(prefix="hanna-fix-", ignore_cleanup_errors=True)
    except OSError as error:
        raise CannotRun(f"no private directory can be made: {error.strerror}") from None


def environment(home: Path, **more: str) -> dict[str, str]:
    """Return the environment of a program: a private home, the search path, and `more`.

    Nothing else of our own is handed on, so no setting and no secret of the user's session is.
    """
    return {
        "HOME": str(home),
        "TMPDIR": str(home),
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C",
        **more,
    }


@contextmanager
def running(
    command: Sequence[str | Path], folder: Path, environ: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program in `folder`; at the end of the block its whole process group is killed.

    Raises CannotRun where it cannot be started.
    """
    process = None
    try:
        with held_back():
            process = _started(command, folder, environ)
        _limit(process.pid)
        yield process
    finally:
        with held_back():
            if process is not None:
                _kill_group(process)


def _started(
    command: Sequence[str | Path], folder: Path, environ: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 - no shell; the program is the user's choice
            list(map(str, command)),
            cwd=folder,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise CannotRun(f"{command[0]} cannot be run: {reason}") from None


def _limit(process: int) -> None:
    """Bound the memory and the files of a program, where the system can."""
    if sys.platform == "linux":
        import resource

        with contextlib.suppress(OSError, ValueError):
            resource.prlimit(process, resource.RLIMIT_AS, (_MAX_MEMORY, _MAX_MEMORY))
            resource.prlimit(process, resource.RLIMIT_FSIZE, (MAX_OUTPUT, MAX_OUTPUT))
            resource.prlimit(process, resource.RLIMIT_CORE, (0, 0))


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()


def run(
    command: Sequence[str | Path],
    folder: Path,
    environ: Mapping[str, str],
    *,
    seconds: float = SECONDS,
    max_output: int = MAX_OUTPUT,
) -> Done:
    """Run a program to its end; raises CannotRun where it takes too long or prints too much."""
    name = Path(command[0]).name
    with running(command, folder, environ) as process:
        deadline = time.monotonic() + seconds
        output, errors = _read(process, name, deadline, max_output)
        try:
            status = process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise CannotRun(f"{name} took too long") from None
        return Done(status, output, errors)


def _read(
    process: subprocess.Popen[bytes], name: str, deadline: float, max_output: int
) -> tuple[str, str]:
    assert process.stdout is not None and process.stderr is not None  # noqa: S101, PT018
    found: dict[IO[bytes], bytearray] = {process.stdout: bytearray(), process.stderr: bytearray()}
    with selectors.DefaultSelector() as selector:
        for stream in found:
            selector.register(stream, selectors.EVENT_READ, found[stream])
        while selector.get_map():
            ready = selector.select(max(0.0, deadline - time.monotonic()))
            if not ready:
                raise CannotRun(f"{name} took too long")
            for key, _ in ready:
                chunk = os.read(key.fd, _CHUNK)
                key.data.extend(chunk)
                if not chunk:
                    selector.unregister(key.fileobj)
            if sum(map(len, found.values())) > max_output:
                raise CannotRun(f"{name} printed too much")
    output, errors = (part.decode("utf-8", "replace") for part in found.values())
    return output, errors
