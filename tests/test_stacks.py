"""Whole stacks: what the engine makes of them, in every layout, is what was reviewed."""

from __future__ import annotations

import pytest

from patcher.report import text
from patcher.report.style import Paint
from tests.stacks import WholeStack, fixed, result, stack_of, whole_stacks
from tests.variants import VARIANTS, Variant, varied

STACKS = whole_stacks()


def name(case: WholeStack | Variant) -> str:
    return case.folder.name if isinstance(case, WholeStack) else case.__name__


@pytest.mark.parametrize("variant", VARIANTS, ids=name)
@pytest.mark.parametrize("case", STACKS, ids=name)
def test_stack_becomes_after_and_then_stays(case: WholeStack, variant: Variant) -> None:
    before, after = varied(case.before, variant), varied(case.after, variant)
    outcome = fixed(before, case.rules, case.minimum)
    assert outcome.held == ()
    assert result(before, outcome) == {path: one.encode() for path, one in after.items()}
    assert fixed(after, case.rules, case.minimum).changes == ()


@pytest.mark.parametrize("case", STACKS, ids=name)
def test_report_is_as_reviewed(case: WholeStack) -> None:
    outcome = fixed(case.before, case.rules, case.minimum)
    recorded = case.report.read_text(encoding="utf-8")
    assert text.summary(outcome, Paint(on=False)) == recorded


@pytest.mark.parametrize(
    "case", [one for one in STACKS if one.folder.name.startswith("ok-")], ids=name
)
def test_healthy_stack_is_left_alone(case: WholeStack) -> None:
    stack = stack_of(case.before)
    assert not stack.problems
    outcome = fixed(case.before)
    assert (outcome.fixed, outcome.held, outcome.left, outcome.changes) == ((), (), (), ())


def test_there_are_healthy_stacks() -> None:
    assert sum(one.folder.name.startswith("ok-") for one in STACKS) >= 3
