"""The project directory on disk: regular files inside it, of bounded size, each read once."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, cached_property
from pathlib import Path
from typing import Final

from patcher.errors import UserError
from patcher.links import followed
from patcher.records import dataclass
from patcher.stack.files import MAX_BYTES, MAX_PATH, Once, too_large
from patcher.text import Source

# a link that takes a checked name's place is refused, a pipe does not stop the program, and a
# terminal does not become ours
_SAFELY: Final = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_BINARY", 0)
)
# Linux opens a directory that may be searched and not listed
_FOLDER: Final = _SAFELY | getattr(os, "O_PATH", 0)
_HAS_DIR_FD: Final = os.open in os.supports_dir_fd and os.stat in os.supports_dir_fd


@dataclass(frozen=True)
class DiskFiles:
    """Files below `root`, which must be a resolved directory; symbolic links out of it are none."""

    root: Path

    @cached_property
    def _once(self) -> Once:
        return Once(self._read)

    def read(self, path: str) -> Source | None:
        """Return a regular file inside the root, the same text however often it is asked for.

        Raises UserError where it cannot be read, is larger than 2 MiB or is not UTF-8.
        """
        return self._once(path)

    def _read(self, path: str) -> Source | None:
        with self._opened(path, stat.S_ISREG) as descriptor:
            if descriptor is None:
                return None
            with os.fdopen(os.dup(descriptor), "rb") as file:
                data = file.read(MAX_BYTES + 1)
            mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
        if len(data) > MAX_BYTES:
            raise too_large(path)
        return Source.decode(path, data, mode=mode)

    def is_dir(self, path: str) -> bool:
        """Tell whether `path` is a directory inside the root, as it was when first asked."""
        return self._is_dir(path)

    @cached_property
    def _is_dir(self) -> Callable[[str], bool]:
        def is_dir(path: str) -> bool:
            real = self._inside(path)
            return real is not None and os.path.isdir(real)  # noqa: PTH112 - False where not allowed

        return cache(is_dir)

    def list_dir(self, path: str) -> tuple[str, ...]:
        """Return the sorted names in a directory inside the root, as they were when first asked.

        Empty where it is no directory. Raises UserError where it may not be read.
        """
        return self._listed(path)

    @cached_property
    def _listed(self) -> Callable[[str], tuple[str, ...]]:
        return cache(self._list)

    def _list(self, path: str) -> tuple[str, ...]:
        if not _HAS_DIR_FD:
            real = self._inside(path) if self.is_dir(path) else None
            return () if real is None else _names(real)
        with self._opened(path, stat.S_ISDIR) as descriptor:
            return () if descriptor is None else _names(descriptor)

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
        if len(path) > MAX_PATH:
            return None
        real = followed(self.root / path)
        return real if real and real.is_relative_to(self.root) else None

    @contextmanager
    def _opened(self, path: str, is_wanted: Callable[[int], bool]) -> Iterator[int | None]:
        """Open what `path` leads to, of the wanted type and inside the root; None for all else.

        Raises UserError where it may not be read.
        """
        real = self._inside(path)
        descriptor = None
        try:
            if real is not None:
                descriptor = _open(self.root, real.relative_to(self.root).parts, is_wanted)
            yield descriptor
        except OSError as error:
            raise _unreadable(path, error) from None
        finally:
            if descriptor is not None:
                os.close(descriptor)


def _open(root: Path, names: tuple[str, ...], is_wanted: Callable[[int], bool]) -> int | None:
    """Open name by name, so that no directory can be swapped for a link out in between."""
    if not _HAS_DIR_FD:
        real = root.joinpath(*names)
        return os.open(real, _SAFELY) if is_wanted(real.stat().st_mode) else None
    folder: int | None = os.open(root, _FOLDER if names else _SAFELY)
    for name in names[:-1]:
        folder = _enter(folder, name, stat.S_ISDIR, _FOLDER)
    return _enter(folder, names[-1], is_wanted, _SAFELY) if names else folder


def _enter(
    folder: int | None, name: str, is_wanted: Callable[[int], bool], flags: int
) -> int | None:
    """Open what `folder` holds under `name`, where it is of the wanted type; closes `folder`."""
    if folder is None:
        return None
    try:
        mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
        return os.open(name, flags, dir_fd=folder) if is_wanted(mode) else None
    except (FileNotFoundError, NotADirectoryError):
        return None
    finally:
        os.close(folder)


def _names(folder: Path | int) -> tuple[str, ...]:
    return tuple(sorted(os.listdir(folder)))  # noqa: PTH208 - names, not paths


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
    except RuntimeError:  # how Python before 3.13 tells a circle of links
        message = "cannot be read: its links go in a circle"
        raise UserError(message, todo="correct them", path=str(directory)) from None
    if not start.is_dir():
        raise UserError("not a directory", todo="give a project directory", path=str(directory))
    for candidate in (start, *start.parents):
        if any(os.path.isfile(candidate / name) for name in names):  # noqa: PTH113 - as above
            return candidate
    return start
