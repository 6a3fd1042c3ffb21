"""New file contents on disk beside the files they will replace, and what can go wrong there."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import tempfile
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


def reason_and_todo(error: OSError) -> tuple[str, str]:
    """Return why the operating system refused, and what the user can do about it."""
    default = ((error.strerror or type(error).__name__).lower(), "check the path")
    return _REASONS.get(error.errno or 0, default)


def cannot_write(path: str, error: OSError) -> UserError:
    """Return the error for a refusal that left every file as it was."""
    reason, todo = reason_and_todo(error)
    return UserError(f"cannot be written: {reason}; no file was changed", todo=todo, path=path)


def write_replacement(path: str, real: Path, data: bytes) -> Path:
    """Write `data` to a new file beside `real`, safe on disk, with the mode and owner of `real`.

    Returns the new file. Raises UserError, naming the file `path`, where the owner cannot be
    kept, and OSError; the new file is gone then.
    """
    with _Temporary(real.parent) as new:
        status = real.stat()
        new.write(data)
        new.take_owner(path, status)
        new.take_attributes(real)
        new.set_mode(status.st_mode & 0o7777)
        return new.finish()


def write_new(folder: Path, data: bytes, mode: int) -> Path:
    """Write `data` to a new file in `folder`, safe on disk, with `mode` less the user's umask.

    Returns the new file. Raises OSError; the new file is gone then.
    """
    umask = os.umask(0)
    os.umask(umask)
    with _Temporary(folder) as new:
        new.write(data)
        new.set_mode(mode & 0o777 & ~umask)
        return new.finish()


class _Temporary:
    """A file under a name that no include pattern matches; removed unless finished."""

    def __init__(self, folder: Path) -> None:
        descriptor, name = tempfile.mkstemp(prefix=".hanna-fix-", dir=folder)
        self._file = os.fdopen(descriptor, "wb")
        self._path = Path(name)
        self._finished = False

    def __enter__(self) -> _Temporary:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._file.close()
        if not self._finished:
            self._path.unlink(missing_ok=True)

    def write(self, data: bytes) -> None:
        self._file.write(data)
        self._file.flush()

    def take_owner(self, path: str, wanted: os.stat_result) -> None:
        status = os.fstat(self._file.fileno())
        if (status.st_uid, status.st_gid) == (wanted.st_uid, wanted.st_gid):
            return
        if sys.platform != "win32":
            try:
                os.fchown(self._file.fileno(), wanted.st_uid, wanted.st_gid)
            except PermissionError:
                raise UserError(
                    "its owner and group could not be kept; no file was changed",
                    todo="run hanna-fix as the file's owner",
                    path=path,
                ) from None

    def take_attributes(self, real: Path) -> None:
        """Copy access control lists and the like; what may not be set keeps its default."""
        if sys.platform == "linux":
            with contextlib.suppress(OSError):
                for name in os.listxattr(real):
                    with contextlib.suppress(OSError):
                        os.setxattr(self._file.fileno(), name, os.getxattr(real, name))

    def set_mode(self, mode: int) -> None:
        # by path: Windows has no fchmod before Python 3.13
        self._path.chmod(mode)

    def finish(self) -> Path:
        os.fsync(self._file.fileno())
        self._file.close()
        self._finished = True
        return self._path


def sync_directory(folder: Path) -> None:
    """Make renames in `folder` last through a power cut, where the file system can do so."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
