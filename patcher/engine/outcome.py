"""What a run came to: all that reports and sinks ever see."""

from __future__ import annotations

from dataclasses import dataclass

from patcher.finding import Finding
from patcher.stack.stack import Stack
from patcher.text import Source


@dataclass(frozen=True, slots=True)
class Held:
    """A fix that was not made because a gate refused it: which gate, and what it saw."""

    finding: Finding
    gate: str
    saw: str


@dataclass(frozen=True, slots=True)
class Fixed:
    """A finding that is gone, and since which pass (from 1).

    `direct` tells that its own fix was made; else another finding's fix did what it asks for.
    """

    finding: Finding
    in_pass: int
    direct: bool = True


@dataclass(frozen=True, slots=True)
class Change:
    """One file before (None: it is new) and after."""

    before: Source | None
    after: Source


@dataclass(frozen=True)
class Outcome:
    """The stack before and after; what was fixed, held back by a gate, and left to a person."""

    before: Stack
    after: Stack
    fixed: tuple[Fixed, ...]
    held: tuple[Held, ...]
    left: tuple[Finding, ...]
    passes: int

    @property
    def changes(self) -> tuple[Change, ...]:
        """The files that changed, sorted by path."""
        sources = self.after.changed
        return tuple(
            Change(before, sources[path])
            for path in sorted(sources)
            if (before := self.before.files.read(path)) is None or before.text != sources[path].text
        )

    @property
    def exit_code(self) -> int:
        """0 where nothing is left, 1 where findings are: what `check` and `--exit-code` return."""
        return 1 if self.held or self.left else 0
