"""One run at a time in a project directory; a lock that dies with its process."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from patcher.errors import UserError
from patcher.sink.names import LOCK
from patcher.sink.temporary import SAFELY, cannot_write, reason_and_todo

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Hold the lock of the project directory `root`; the lock file is gone afterwards.

    The system drops the lock when a process ends, however it ends: a lock file that a killed run
    left behind does no harm. Raises UserError where another run holds it, where there is
    something else in its place, and where the file system refuses.
    """
    path = root / LOCK
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | SAFELY, 0o666)
    except OSError as error:
        raise cannot_write(LOCK, error) from None
    try:
        _acquire(descriptor, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.close(descriptor)
        raise
    try:
        yield
    finally:
        _release(descriptor, path)


def _acquire(descriptor: int, path: Path) -> None:
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise UserError("is not a regular file", todo="remove it", path=LOCK)
        mine = _try(descriptor) and _is_at(descriptor, path)
    except OSError as error:
        reason, _ = reason_and_todo(error)
        todo = "use hanna-fix diff and git apply"
        raise UserError(f"cannot be locked: {reason}", todo=todo, path=LOCK) from None
    if not mine:
        todo = "wait until it is done"
        raise UserError("another hanna-fix apply is at work here", todo=todo)


def _try(descriptor: int) -> bool:
    if sys.platform == "win32":
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
    else:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def _is_at(descriptor: int, path: Path) -> bool:
    """Tell whether the locked file is still the one of that name: its holder removes it last."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False


def _release(descriptor: int, path: Path) -> None:
    # an empty lock file left behind is harmless, and the work it guarded is done
    with contextlib.suppress(OSError):
        if sys.platform == "win32":  # it removes no open file, neither ours nor another run's
            os.close(descriptor)
            path.unlink()
        else:
            path.unlink()
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.close(descriptor)
