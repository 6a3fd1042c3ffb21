"""Where a path leads, the same on every version of Python."""

from __future__ import annotations

from pathlib import Path


def followed(path: Path) -> Path | None:
    """Return `path`, there or not, with its links followed; None where it leads nowhere.

    That is where links go in a circle, and for a name that the system does not take. At a circle
    Python before 3.13 raises RuntimeError, and a later one leaves its links as they are
    (https://docs.python.org/3.13/library/pathlib.html#pathlib.Path.resolve).
    """
    try:
        real = path.resolve()
        is_circle = any(one.is_symlink() for one in (real, *real.parents))
    except (OSError, ValueError, RuntimeError):
        return None
    return None if is_circle else real
