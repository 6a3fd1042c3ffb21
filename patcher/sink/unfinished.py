"""Whether an earlier `apply` was cut off; read before anything else is, so it needs little."""

from __future__ import annotations

import os
from pathlib import Path

from patcher.errors import UserError
from patcher.sink.names import JOURNAL


def refuse_unfinished(root: Path) -> None:
    """Raise UserError where a run on `root` has begun and not ended; reads nothing else."""
    if os.path.lexists(root / JOURNAL):
        raise UserError(
            "an apply has not finished here; some files may be new and some old",
            todo="run hanna-fix apply: it puts them back first",
            path=JOURNAL,
        )
