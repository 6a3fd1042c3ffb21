"""The files of a project as the loader sees them, from disk, from a git revision, or patched."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from typing import Final, Protocol

from patcher.errors import LimitError, UserError
from patcher.records import dataclass
from patcher.text import Source

MAX_BYTES: Final = 2 << 20
"""The largest file that is read, in bytes; the largest real ones are below 64 KiB."""

MAX_TOTAL: Final = 64 << 20
"""The most characters that one run reads, each file counted once."""

MAX_PATH: Final = 4096
"""The longest path, as PATH_MAX of Linux."""


class Files(Protocol):
    """Read access to a project directory; paths are relative to it, in POSIX form."""

    def read(self, path: str) -> Source | None:
        """Return a regular file inside the project, or None.

        Raises UserError where there is one that cannot be read or is not UTF-8.
        """

    def is_dir(self, path: str) -> bool:
        """Tell whether `path` is a directory inside the project."""

    def list_dir(self, path: str) -> tuple[str, ...]:
        """Return the sorted names in a directory; empty where it is none."""

    def subfolders(self, path: str) -> tuple[str, ...]:
        """Return the sorted names of the directories in a directory; symbolic links are none."""


def too_large(path: str) -> UserError:
    """Return the error for a file of more than MAX_BYTES."""
    todo = "split it or leave it out"
    return UserError(f"larger than {MAX_BYTES >> 20} MiB", todo=todo, path=path)


@dataclass
class Once:
    """Reads each path once: the same text, or the same refusal, however often it is asked for."""

    read: Callable[[str], Source | None]
    _known: dict[str, Source | UserError | None] = field(default_factory=dict, repr=False)
    _total: int = 0

    def __call__(self, path: str) -> Source | None:
        """Return what `read` returned; raises its UserError, and LimitError beyond MAX_TOTAL."""
        if path not in self._known:
            self._known[path] = self._first(path)
        found = self._known[path]
        if isinstance(found, UserError):
            raise found
        return found

    def _first(self, path: str) -> Source | UserError | None:
        try:
            found = self.read(path)
        except UserError as error:
            return error
        self._total += 0 if found is None else len(found.text)
        if self._total > MAX_TOTAL:
            message = f"the files that matter hold more than {MAX_TOTAL >> 20} Mi characters"
            raise LimitError(message, todo="give a smaller project with -C or -f")
        return found


@dataclass(frozen=True)
class Patched:
    """Other files with some texts replaced: what the project would be after a fix."""

    base: Files
    sources: Mapping[str, Source]

    def read(self, path: str) -> Source | None:
        """Return the replaced source, or the base's."""
        return self.sources.get(posixpath.normpath(path)) or self.base.read(path)

    def is_dir(self, path: str) -> bool:
        """Tell whether `path` is a directory in the base."""
        return self.base.is_dir(path)

    def list_dir(self, path: str) -> tuple[str, ...]:
        """Return the base's names and those of new files."""
        folder = posixpath.normpath(path)
        new = {
            posixpath.basename(name)
            for name in self.sources
            if (posixpath.dirname(name) or ".") == folder
        }
        return tuple(sorted({*self.base.list_dir(path), *new}))

    def subfolders(self, path: str) -> tuple[str, ...]:
        """Return the directories in a directory of the base."""
        return self.base.subfolders(path)


def join(base: str, path: str) -> str | None:
    """Return `path`, as written in a file whose paths start at `base`, relative to the project.

    None where it leads out of the project directory: absolute, in the home directory, above it,
    or holding an unresolved variable; also where no system takes it.
    """
    if not path or path.startswith(("/", "~")) or "$" in path or "\0" in path:
        return None
    if len(base) + len(path) > MAX_PATH:
        return None
    joined = posixpath.normpath(posixpath.join(base, path))
    return None if joined == ".." or joined.startswith("../") else joined


def texts_in(files: Files, folder: str, names: re.Pattern[str]) -> Iterator[Source]:
    """Yield the files of a directory whose whole name `names` matches; what is no text is none."""
    for name in files.list_dir(folder):
        if names.fullmatch(name):
            try:
                source = files.read(posixpath.normpath(posixpath.join(folder, name)))
            except UserError:
                continue
            if source is not None:
                yield source
