"""The project put to Compose, before and after: it must see the declared changes, and no other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from patcher.engine.outcome import Fixed
from patcher.engine.statement import Statement, Status
from patcher.prove.compose_model import declared, undeclared
from patcher.prove.compose_place import CannotCopy
from patcher.prove.compose_reading import Reader, texts
from patcher.prove.private import CannotRun
from patcher.stack.stack import Stack

PROGRAM: Final = "Docker Compose"

_SAID: Final = "takes the project before and after, and sees every declared change and no other"


@dataclass
class ComposeProof:
    """Compares how Compose reads a stack before and after fixes."""

    reader: Reader

    def examine(self, before: Stack, after: Stack, fixed: Sequence[Fixed]) -> Statement | None:
        """Return what Compose says of the fixes; None where they change no compose file."""
        if texts(before) == texts(after):
            return None
        version = ""
        try:
            version = self.reader.find().version
            status, said, notes = self._compared(before, after, fixed)
        except (CannotCopy, CannotRun) as error:
            status, said, notes = Status.UNPROVEN, str(error), ()
        return Statement(PROGRAM, version, "", status, said, notes)

    def _compared(
        self, before: Stack, after: Stack, fixed: Sequence[Fixed]
    ) -> tuple[Status, str, tuple[str, ...]]:
        old, new = self.reader.read(before), self.reader.read(after)
        pairs = (old.refused, new.refused), (old.refused_plain, new.refused_plain)
        if worse := [now for was, now in pairs if now and not was]:
            return Status.REFUTED, f"Compose took the project before, and now: {worse[0]}", ()
        if old.refused and new.refused:
            return Status.FAILED_BEFORE, f"failed before the fix as well: {old.refused}", ()
        if old.model is None or new.model is None:
            return Status.PROVEN, f"takes the project, and refused it before: {old.refused}", ()
        if saw := next(undeclared(old.model, new.model, declared(after, fixed)), None):
            return Status.REFUTED, f"in Compose's model {saw}", ()
        return Status.PROVEN, _SAID, new.notes
