"""New files on disk, durable or not made, and what can go wrong there."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from patcher.errors import UserError

_REASONS: Final = {
    errno.ENOSPC: ("the disk is full", "free some space"),
    errno.EDQUOT: ("the disk quota is used up", "free some space"),
    errno.EROFS: ("the file system is read-only", "mount it writable"),
    errno.EACCES: ("permission denied", "check who may write the file and its directory"),
    errno.EPERM: ("not permitted", "check who may write the file and its directory"),
    errno.EBUSY: ("it is in use", "where it is mounted into a container, run hanna-fix outside"),
}

# a link is never followed, a pipe in place of a file never waited for
SAFELY: Final = (
    getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
)


def reason_and_todo(error: OSError) -> tuple[str, str]:
    """Return why the operating system refused, and what the user can do about it."""
    default = ((error.strerror or type(error).__name__).lower(), "check the path")
    return _REASONS.get(error.errno or 0, default)


def cannot_write(path: str, error: OSError) -> UserError:
    """Return the error for a refusal that left every file as it was."""
    reason, todo = reason_and_todo(error)
    return UserError(f"cannot be written: {reason}; no file was changed", todo=todo, path=path)


def read_regular(path: Path, limit: int) -> bytes | None:
    """Return the content of a regular file of at most `limit` bytes, else None.

    Links are not followed. Raises OSError, FileNotFoundError where there is nothing.
    """
    if not stat.S_ISREG(path.lstat().st_mode):
        return None
    with os.fdopen(os.open(path, os.O_RDONLY | SAFELY), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            return None
        data = file.read(limit + 1)
    return data if len(data) <= limit else None


def write_replacement(path: str, real: Path, data: bytes, new: Path) -> None:
    """Write `data` to the new file `new`, safe on disk, with the mode and owner of `real`.

    Raises UserError, naming the file `path`, where the owner cannot be kept, and OSError; what
    has been made of the new file stays for the caller to remove.
    """
    status = real.stat()
    with _created(new) as descriptor:
        _write(descriptor, data)
        _take_owner(path, descriptor, status)
        _take_attributes(real, descriptor)
        # by path: Windows has no fchmod before Python 3.13
        new.chmod(status.st_mode & 0o7777)
        os.fsync(descriptor)


def write_new(new: Path, data: bytes, mode: int) -> None:
    """Write `data` to the new file `new`, safe on disk, with `mode` less the user's umask.

    Raises OSError; what has been made of the new file stays for the caller to remove.
    """
    umask = os.umask(0)
    os.umask(umask)
    with _created(new) as descriptor:
        _write(descriptor, data)
        new.chmod(mode & 0o777 & ~umask)
        os.fsync(descriptor)


@contextmanager
def _created(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | SAFELY, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _write(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _take_owner(path: str, descriptor: int, wanted: os.stat_result) -> None:
    status = os.fstat(descriptor)
    if (status.st_uid, status.st_gid) == (wanted.st_uid, wanted.st_gid):
        return
    if sys.platform != "win32":
        try:
            os.fchown(descriptor, wanted.st_uid, wanted.st_gid)
        except PermissionError:
            raise UserError(
                "its owner and group could not be kept; no file was changed",
                todo="run hanna-fix as the file's owner",
                path=path,
            ) from None


def _take_attributes(real: Path, descriptor: int) -> None:
    """Copy access control lists and the like; what may not be set keeps its default."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            for name in os.listxattr(real):
                with contextlib.suppress(OSError):
                    os.setxattr(descriptor, name, os.getxattr(real, name))


def sync(path: Path) -> None:
    """Make a file's times, or the names in a directory, last through a power cut.

    Raises OSError; a file system that cannot do this for directories is none.
    """
    if sys.platform == "win32" and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)
