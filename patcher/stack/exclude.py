"""Files that the operator's settings exclude: neither edited nor reported."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import lru_cache


def is_excluded(path: str, globs: Iterable[str]) -> bool:
    """Tell whether one of `globs` names a file, or a directory that holds it.

    `*`, `?` and `[…]` stand for characters of one name, `**` for any number of directories. A glob
    without a slash, but for one at its end, names files and directories wherever they are.
    """
    names = tuple(path.split("/"))
    return any(_matches(names, glob) for glob in globs)


def _matches(names: tuple[str, ...], glob: str) -> bool:
    pattern = tuple(glob.strip("/").split("/"))
    if "/" not in glob.rstrip("/"):
        pattern = ("**", *pattern)
    return any(fits(names[:length], pattern) for length in range(1, len(names) + 1))


@lru_cache(maxsize=1 << 16)
def fits(names: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    """Tell whether a pattern, name by name, fits all of a path.

    Cached, as `**` asks the same again and again.
    """
    if not pattern:
        return not names
    first, rest = pattern[0], pattern[1:]
    if first == "**":
        return fits(names, rest) or (bool(names) and fits(names[1:], pattern))
    return bool(names) and fnmatchcase(names[0], first) and fits(names[1:], rest)
