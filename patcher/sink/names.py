"""The names of what a run puts into the project directory, and the files that no run writes.

All begin with a dot, and none ends as a configuration does, so no include pattern of Compose or
nginx matches one.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

LOCK: Final = ".hanna-fix.lock"
JOURNAL: Final = ".hanna-fix.journal"
DRAFT: Final = ".hanna-fix.journal.new"
TEMPORARY: Final = ".hanna-fix.tmp-"


def is_reserved(path: PurePath) -> bool:
    """Tell whether a path, relative to the project, lies in git's own directory or is a run's."""
    parts = [part.casefold() for part in path.parts]
    return ".git" in parts or parts[-1] in (LOCK, JOURNAL, DRAFT) or parts[-1].startswith(TEMPORARY)
