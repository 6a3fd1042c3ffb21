"""The project directory on disk: regular files inside it, of bounded size, each read once."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from patcher.errors import UserError
from patcher.text import Source

MAX_BYTES: Final = 8 * 1024 * 1024


@dataclass(frozen=True)
class DiskFiles:
    """Files below `root`, which must be a resolved directory; symbolic links out of it are none."""

    root: Path
    _cache: dict[str, Source | None] = field(default_factory=dict, repr=False)

    def read(self, path: str) -> Source | None:
        """Return a regular file inside the root, the same text however often it is asked for.

        Raises UserError where it cannot be read, is larger than 8 MiB or is not UTF-8.
        """
        if path not in self._cache:
            self._cache[path] = self._read(path)
        return self._cache[path]

    def _read(self, path: str) -> Source | None:
        real = self._inside(path)
        if real is None:
            return None
        try:
            # O_NONBLOCK: a pipe in place of a file must not stop the program
            descriptor = os.open(real, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise _unreadable(path, error) from None
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                return None
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            todo = "split it or leave it out"
            raise UserError(f"larger than {MAX_BYTES >> 20} MiB", todo=todo, path=path)
        return Source.decode(path, data, mode=stat.S_IMODE(status.st_mode))

    def is_dir(self, path: str) -> bool:
        """Tell whether `path` is a directory inside the root."""
        real = self._inside(path)
        return real is not None and real.is_dir()

    def list_dir(self, path: str) -> tuple[str, ...]:
        """Return the sorted names in a directory inside the root; empty where it is none.

        Raises UserError where it may not be read.
        """
        real = self._inside(path)
        if real is None or not real.is_dir():
            return ()
        try:
            return tuple(sorted(os.listdir(real)))  # noqa: PTH208 - names, not paths
        except OSError as error:
            raise _unreadable(path, error) from None

    def subfolders(self, path: str) -> tuple[str, ...]:
        """Return the sorted names of the directories in a directory; symbolic links are none.

        Raises UserError where it may not be read.
        """
        real = self._inside(path)
        if real is None or not real.is_dir():
            return ()
        try:
            with os.scandir(real) as entries:
                folders = (one.name for one in entries if one.is_dir(follow_symlinks=False))
                return tuple(sorted(folders))
        except OSError as error:
            raise _unreadable(path, error) from None

    def _inside(self, path: str) -> Path | None:
        try:
            real = (self.root / path).resolve()
        except (OSError, ValueError, RuntimeError):
            return None
        return real if real.is_relative_to(self.root) else None


def _unreadable(path: str, error: OSError) -> UserError:
    reason = (error.strerror or type(error).__name__).lower()
    return UserError(f"cannot be read: {reason}", todo="check its permissions", path=path)


def find_root(directory: Path, names: tuple[str, ...]) -> Path:
    """Return `directory` or the nearest parent that holds one of `names`, as Compose searches.

    Returns `directory` itself where none does. Raises UserError where it is no directory.
    """
    try:
        start = directory.resolve(strict=True)
    except OSError as error:
        raise _unreadable(str(directory), error) from None
    if not start.is_dir():
        raise UserError("not a directory", todo="give a project directory", path=str(directory))
    for candidate in (start, *start.parents):
        if any((candidate / name).is_file() for name in names):
            return candidate
    return start
