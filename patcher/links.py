"""Where a path leads, the same on every version of Python."""

from __future__ import annotations

import stat
from pathlib import Path


def followed(path: Path) -> Path | None:
    """Return `path`, there or not, with its links followed; None where it leads nowhere.

    That is where links go in a circle, and for a name that the system does not take. At a circle
    Python before 3.13 raises RuntimeError, and a later one leaves its links as they are
    (https://docs.python.org/3.13/library/pathlib.html#pathlib.Path.resolve).
    """
    try:
        real = path.resolve()
        return None if _is_link(real) else real
    except (OSError, ValueError, RuntimeError):
        return None


def _is_link(path: Path) -> bool:
    try:
        return stat.S_ISLNK(path.lstat().st_mode)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return False  # not there, or not for us to see: whoever opens it is told
