"""The files that nginx sees in its container: the project's, and what is written beside them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import field
from fnmatch import fnmatchcase
from typing import Final

from patcher.errors import LimitError
from patcher.records import dataclass
from patcher.stack.nginx.written import Written
from patcher.stack.problem import Problems
from patcher.stack.start.container import ContainerFiles
from patcher.text import Source

MAX_MATCHES: Final = 2000
"""The most paths that one pattern may match, at any of its parts."""


@dataclass(frozen=True)
class NginxFiles:
    """Read access by absolute container path.

    `written` is what build and start write; `volumes` are the paths of volumes, whose content is
    not known.
    """

    files: ContainerFiles
    problems: Problems
    written: Written = field(default_factory=Written)
    volumes: tuple[str, ...] = ()

    def read(self, path: str) -> Source | None:
        """Return a file, or what it is written from; a problem gives None."""
        if path in self.written.gone:
            return None
        if path in self.written.texts:
            return self.written.texts[path]
        behind = self.written.copies.get(path, path)
        return self.problems.attempt(lambda: self.files.read(behind))

    def writer(self, path: str) -> str | None:
        """Return what writes something that is not known to `path`; None where nothing does."""
        return self.written.unknown.get(path)

    def is_outside(self, path: str) -> bool:
        """Tell whether what shows at `path` is mounted, and not from the project."""
        is_volume = any(path == one or path.startswith(f"{one}/") for one in self.volumes)
        return self.files.is_outside(path) or (is_volume and self.files.host_path(path) is None)

    def has_names(self, folder: str) -> bool:
        """Tell whether the project holds something in a container directory."""
        return bool(self._names(folder))

    def matches(self, pattern: str) -> list[str]:
        """Return the paths that an absolute pattern matches, sorted as glob(3) does.

        A pattern without wildcards is returned itself, whether the file exists or not.
        """
        found = ["/"]
        for part in pattern.strip("/").split("/"):
            if any(char in part for char in "*?["):
                found = [posixpath.join(at, name) for at in found for name in self._like(at, part)]
            else:
                found = [posixpath.join(at, part) for at in found]
            if len(found) > MAX_MATCHES:
                message = f"`include {pattern}` looks at more than {MAX_MATCHES:,} paths"
                raise LimitError(message, todo="use a narrower pattern")
        return found

    def _like(self, folder: str, part: str) -> Iterator[str]:
        for name in self._names(folder):
            if fnmatchcase(name, part) and (part.startswith(".") or not name.startswith(".")):
                yield name

    def _names(self, folder: str) -> list[str]:
        names = self.problems.attempt(lambda: self.files.list_dir(folder)) or ()
        written = self.written
        new = (*written.copies, *written.texts, *written.unknown)
        here = {posixpath.basename(one) for one in new if posixpath.dirname(one) == folder}
        gone = {posixpath.basename(one) for one in written.gone if posixpath.dirname(one) == folder}
        return sorted({*names, *here} - gone)
