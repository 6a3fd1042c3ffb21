"""The fix loop: passes, conflicts, safety, stability; the order of the rules does not matter."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import pytest

from patcher.engine.fix import MAX_PASSES, fix
from patcher.engine.outcome import Outcome
from patcher.finding import Finding, Fix, Fixable, Location, Safety, Severity
from patcher.rules.base import Rule
from patcher.stack.stack import Stack
from patcher.text import Edit, Source, Span
from tests.engine.liars import COMPOSE, HONEST, PATH, replacing, rule, sets
from tests.stacks import stack_of


def moves(name: str, old: str, new: str, safety: Safety = Safety.SAFE) -> Rule:
    """Make a rule that wants another image for `db`."""
    return rule(name, old, replacing(old, new, sets("db", "image", new)), safety=safety)


FIRST = moves("first", "postgres:16", "postgres:17")
RIVAL = moves("rival", "postgres:16", "mysql:8")
UNSAFE = moves("unsafe", "postgres:16", "mariadb:11", Safety.UNSAFE)
DISPLAYED = rule("displayed", "app:1", lambda _: (), safety=Safety.DISPLAY)
BACK = moves("back", "postgres:17", "postgres:16")


def run(*rules: Rule, minimum: Safety = Safety.SAFE) -> Outcome:
    return fix(stack_of({PATH: Source(PATH, COMPOSE)}), rules, minimum)


def text(outcome: Outcome) -> str:
    return outcome.changes[0].after.text if outcome.changes else COMPOSE


def names(outcome: Outcome) -> list[str]:
    return [one.finding.rule for one in outcome.fixed]


def test_nothing_to_fix() -> None:
    outcome = run()
    assert outcome == Outcome(passes=1)
    assert outcome.exit_code == 0


def test_fixes_of_one_pass_go_together_in_any_order() -> None:
    for rules in permutations([HONEST, FIRST]):
        outcome = run(*rules)
        assert outcome.passes == 2
        expected = COMPOSE.replace("app:1", "app:2").replace(":16", ":17")
        assert text(outcome) == expected
        assert names(outcome) == ["honest", "first"]


def test_of_two_fixes_in_conflict_the_safer_goes_first() -> None:
    for rules in permutations([UNSAFE, FIRST]):
        outcome = run(*rules, minimum=Safety.UNSAFE)
        assert text(outcome) == COMPOSE.replace(":16", ":17")
        assert {(one.finding.rule, one.direct) for one in outcome.fixed} == {
            ("first", True),
            ("unsafe", False),
        }


def test_of_two_as_safe_the_first_by_name_goes_first() -> None:
    for rules in permutations([RIVAL, FIRST]):
        assert text(run(*rules)) == COMPOSE.replace(":16", ":17")


def test_an_unsafe_fix_is_left_unless_asked_for() -> None:
    outcome = run(UNSAFE)
    assert (outcome.changes, outcome.exit_code) == ((), 1)
    assert [one.rule for one in outcome.left] == ["unsafe"]
    assert text(run(UNSAFE, minimum=Safety.UNSAFE)) == COMPOSE.replace("postgres:16", "mariadb:11")


def test_what_is_displayed_is_never_written() -> None:
    outcome = run(DISPLAYED, minimum=Safety.UNSAFE)
    assert outcome.changes == ()
    assert [one.rule for one in outcome.left] == ["displayed"]


def test_rules_that_undo_each_other_leave_the_original() -> None:
    outcome = run(FIRST, BACK)
    assert (outcome.changes, outcome.fixed) == ((), ())
    assert [(one.finding.rule, one.gate) for one in outcome.held] == [("first", "no worse")]


def test_what_takes_too_many_passes_leaves_the_original() -> None:
    rivals = [adding(f"k{number:02}") for number in range(MAX_PASSES + 1)]
    enough = run(*rivals[: MAX_PASSES - 1])
    assert len(enough.fixed) == MAX_PASSES - 1
    outcome = run(*rivals)
    assert (outcome.changes, outcome.fixed) == ((), ())
    assert [(one.gate, one.saw) for one in outcome.held] == [
        ("stable", f"still proposing edits after {MAX_PASSES} passes")
    ] * MAX_PASSES
    assert [one.rule for one in outcome.left] == [f"k{MAX_PASSES:02}"]


def adding(key: str) -> Rule:
    """Make a rule that wants a label, at the place where every other such rule wants its own."""

    def check(stack: Stack) -> Iterator[Finding]:
        source = stack.files.read(PATH)
        if source is None or key in source.text:
            return
        edit = Edit(PATH, len(COMPOSE), len(COMPOSE), f"    {key}: 1\n", (sets("db", key, 1),))
        where = (Location.of(source, Span(0, 0), (key,)),)
        fix_ = Fix(f"add {key}", (edit,), "nothing")
        yield Finding(key, Severity.ERROR, f"{key} is missing", "seen", where, fix_)

    return Rule(key, Severity.ERROR, Fixable.ALWAYS, check, "A rule.")


@pytest.mark.parametrize("rules", list(permutations([HONEST, FIRST, RIVAL])))
def test_findings_are_told_in_the_order_of_the_file(rules: tuple[Rule, ...]) -> None:
    outcome = run(*rules)
    assert names(outcome) == ["honest", "first", "rival"]
