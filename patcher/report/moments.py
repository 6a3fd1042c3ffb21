"""A stack at the times that a report tells of: now, or before and after the fixes."""

from __future__ import annotations

from patcher.finding import Finding
from patcher.records import dataclass
from patcher.report.entries import StackView
from patcher.stack.stack import Stack


@dataclass(frozen=True, slots=True)
class Moment:
    """A stack at one time: what that time is called, and the findings that hold for it."""

    name: str
    stack: Stack
    findings: tuple[Finding, ...]


def moments(one: StackView) -> list[Moment]:
    """Return the stack now; and, where something changes, before and after."""
    if one.outcome is None:
        return [Moment("Now", one.stack, one.found)]
    remaining = (*(held.finding for held in one.outcome.held), *one.outcome.left)
    before = (*(fixed.finding for fixed in one.outcome.fixed), *remaining)
    if not one.outcome.changes:
        return [Moment("Now", one.stack, before)]
    after = one.stack.patched({change.after.path: change.after for change in one.outcome.changes})
    return [Moment("Before", one.stack, before), Moment("After", after, remaining)]
