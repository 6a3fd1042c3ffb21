"""The files of a project as the loader sees them, from disk, from a git revision, or patched."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from patcher.errors import UserError
from patcher.text import Source


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
    or holding an unresolved variable.
    """
    if not path or path.startswith(("/", "~")) or "$" in path or "\0" in path:
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
