"""Which edits a report offers: those that fit the files as they were read."""

from __future__ import annotations

from patcher.engine.outcome import Change, Fixed, Held, Outcome
from patcher.report.entries import entries_of, merged_entries
from tests.report.reports import FIX, NEW, NO_FIX, OLD, came_to, finding

ONE = finding(FIX)
CHANGE = Change(OLD, NEW)


def offered(outcome: Outcome, carried: tuple[str, ...] = ()) -> list[bool]:
    return [bool(one.edits) for one in entries_of(outcome, {}, carried)]


def test_what_the_first_pass_fixed_by_itself() -> None:
    fixed = (Fixed(ONE, 1), Fixed(ONE, 2), Fixed(ONE, 1, direct=False))
    assert offered(Outcome((CHANGE,), fixed)) == [True, False, False]


def test_what_is_held_or_left_in_a_file_that_nothing_else_changed() -> None:
    rest = ((Held(ONE, "local", "x"),), (ONE, finding(NO_FIX)))
    assert offered(Outcome((), (), *rest)) == [True, True, False]
    assert offered(Outcome((CHANGE,), (), *rest)) == [False, False, False]


def test_nothing_in_a_file_that_was_read_with_the_fixes_of_another_stack() -> None:
    outcome = Outcome((), (Fixed(ONE, 1),), (Held(ONE, "local", "x"),), (ONE,))
    assert offered(outcome, ("other.yaml",)) == [True, True, True]
    assert offered(outcome, ("compose.yaml",)) == [False, False, False]


def test_many_stacks_are_told_as_one() -> None:
    entries = came_to().entries
    states = [one.state for one in merged_entries([entries, entries])]
    assert states == ["fixed", "fixed", "held", "held", "left", "left"]
