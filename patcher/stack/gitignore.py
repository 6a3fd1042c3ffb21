"""What `.gitignore` files say of a path, by git's rules and without git.

Source: https://git-scm.com/docs/gitignore. The names are compared by `fnmatch`, whose time is
bounded: the patterns may come from a repository that is not trusted, and those of a library that
makes one backtracking expression of a line take minutes for a line with a few stars.
"""

from __future__ import annotations

import re
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from patcher.errors import UserError
from patcher.patterns import regex
from patcher.records import dataclass
from patcher.stack.disk import DiskFiles
from patcher.stack.exclude import fits
from patcher.stack.files import Files

_NAME: Final = ".gitignore"
_MAX_LINES: Final = 10_000
_TRAILING: Final = regex(r"(?<!\\)((?:\\\\)*) +$")

Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    pattern: Names
    negated: bool
    directories: bool
    anchored: bool

    def matches(self, names: Names, *, directory: bool) -> bool:
        if self.directories and not directory:
            return False
        if self.anchored:
            return fits(names, self.pattern)
        return fnmatchcase(names[-1], self.pattern[0])


@dataclass(frozen=True, slots=True)
class Ignores:
    """The ignore files on the way to a directory, each with how deep it lies; the nearest last.

    `base` are the names from the top of the repository to the directory that paths start at.
    """

    base: Names = ()
    files: tuple[tuple[int, tuple[_Line, ...]], ...] = ()

    def entering(self, files: Files, folder: str) -> Ignores:
        """Return these with the `.gitignore` of a directory, which must be one below the last."""
        depth = len(self.base) + len(_names(folder))
        return self._with(depth, _read(files, f"{folder}/{_NAME}" if folder else _NAME))

    def ignore(self, path: str, *, directory: bool) -> bool:
        """Tell whether a path is ignored whose parents are not: the last line that fits decides."""
        return self._ignore((*self.base, *_names(path)), directory=directory)

    def _with(self, depth: int, lines: tuple[_Line, ...]) -> Ignores:
        return replace(self, files=(*self.files, (depth, lines))) if lines else self

    def _ignore(self, names: Names, *, directory: bool) -> bool:
        for depth, lines in reversed(self.files):
            for line in reversed(lines):
                if line.matches(names[depth:], directory=directory):
                    return not line.negated
        return False

    @classmethod
    def above(cls, root: Path) -> Ignores:
        """Return what the git repository around `root` says above it.

        Nothing where there is no repository, or where it ignores `root` itself: that was asked for.
        """
        tops = [one for one in (root, *root.parents) if (one / ".git").exists()]
        if not tops:
            return cls()
        inside = root.relative_to(tops[0]).parts
        found = cls()._with(0, _read(DiskFiles(tops[0]), ".git/info/exclude"))
        for depth in range(len(inside)):
            folder = tops[0].joinpath(*inside[:depth])
            found = found._with(depth, _read(DiskFiles(folder), _NAME))
            if found._ignore(inside[: depth + 1], directory=True):
                return cls()
        return replace(found, base=inside)


NOTHING_IGNORED: Final = Ignores()


def _names(path: str) -> Names:
    return tuple(path.split("/")) if path else ()


def _read(files: Files, path: str) -> tuple[_Line, ...]:
    try:
        source = files.read(path)
    except UserError:  # git reads bytes; for us a file that is no text ignores nothing
        return ()
    lines = source.text.split("\n")[:_MAX_LINES] if source else []
    parsed = (_line(one.removesuffix("\r")) for one in lines)
    return tuple(one for one in parsed if one is not None)


def _line(text: str) -> _Line | None:
    if text.startswith("#"):
        return None
    text = _TRAILING.sub(r"\1", text)
    negated = text.startswith("!")
    text = text.removeprefix("!")
    directories = text.endswith("/")
    bare = text.removesuffix("/")
    pattern = tuple(_glob(one) for one in bare.removeprefix("/").split("/"))
    if not any(pattern):
        return None
    if len(pattern) > 1 and pattern[-1] == "**":  # what is in a directory, not the directory
        pattern = (*pattern, "*")
    return _Line(pattern, negated, directories, "/" in bare)


def _glob(text: str) -> str:
    """Return git's pattern of one name as `fnmatch` reads it: no backslashes, `[!…]`."""
    escaped = re.sub(
        r"\\(.)", lambda match: f"[{match[1]}]" if match[1] in "*?[" else match[1], text
    )
    return escaped.replace("[^", "[!")
