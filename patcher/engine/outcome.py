"""What a run came to: all that reports and sinks ever see."""

from __future__ import annotations

from patcher.engine.statement import Statements
from patcher.finding import Finding
from patcher.records import dataclass
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


@dataclass(frozen=True, slots=True)
class Outcome:
    """The files that changed, by path; what was fixed, held by a gate, and left to a person.

    `proof` is what the real programs said, None where they were not asked.
    """

    changes: tuple[Change, ...] = ()
    fixed: tuple[Fixed, ...] = ()
    held: tuple[Held, ...] = ()
    left: tuple[Finding, ...] = ()
    passes: int = 0
    proof: Statements | None = None

    @property
    def exit_code(self) -> int:
        """0 where nothing is left, 1 where findings are: what `check` and `--exit-code` return."""
        return 1 if self.held or self.left else 0

    @property
    def diff(self) -> str:
        """The diff over all changed files, as `git apply` takes it; empty where none changed."""
        from patcher.diff import unified

        return "".join(unified(change.before, change.after) for change in self.changes)


def changes(before: Stack, after: Stack) -> tuple[Change, ...]:
    """Return the files that differ between two states of one stack, sorted by path."""
    sources = after.changed
    return tuple(
        Change(old, sources[path])
        for path in sorted(sources)
        if (old := before.files.read(path)) is None or old.text != sources[path].text
    )
