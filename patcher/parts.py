"""What a command that fixes comes to, stack by stack."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from patcher.engine.fix import Choice, every
from patcher.engine.many import merged, moved
from patcher.engine.outcome import Outcome
from patcher.proving import Proving
from patcher.records import dataclass
from patcher.stack.stack import Stack
from patcher.text import Source


@dataclass(frozen=True, slots=True)
class Part:
    """One stack and its outcome; it lies in `folder`, from where we look ("" for that itself).

    `choice` is which fixes were wanted.
    """

    folder: str
    stack: Stack
    outcome: Outcome
    choice: Choice = every


Chooser = Callable[[str, Stack], Choice]
"""Says which fixes of a stack are wanted; its directory comes first."""


def outcome_of(parts: Iterable[Part]) -> Outcome:
    """Return the outcomes of stacks as one, every path told from where we look."""
    return merged(moved(part.outcome, part.folder) for part in parts)


def confirm(session: Proving, root: Path, parts: Sequence[Part]) -> None:
    """Prove again what was written below `root`; raises UserError where it is not proven.

    A stack whose files another one has changed further is left out: it was proven as it stood
    in between.
    """
    for part in parts:
        others = outcome_of(one for one in parts if one is not part).changes
        own = outcome_of([part]).changes
        if not {one.after.path for one in own} & {one.after.path for one in others}:
            session.confirm(root / part.folder, part.stack, part.outcome)


def carried(found: Mapping[str, Part], folder: str) -> dict[str, Source]:
    """Return the files below `folder` that stacks above it have changed, by path from there."""
    outcome = outcome_of(found[name] for name in _above(folder) if name in found)
    changed = (one.after for one in outcome.changes if one.after.path.startswith(f"{folder}/"))
    inside = (replace(one, path=one.path.removeprefix(f"{folder}/")) for one in changed)
    return {one.path: one for one in inside}


def _above(folder: str) -> list[str]:
    names = folder.split("/") if folder else []
    return ["/".join(names[:count]) for count in range(len(names))]
