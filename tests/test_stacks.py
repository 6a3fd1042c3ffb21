"""Whole stacks: what the engine makes of them, in every layout, is what was reviewed."""

from __future__ import annotations

from pathlib import Path

import pytest

from patcher.report import text
from patcher.report.style import Paint
from tests.stacks import FIXTURES, fixed, result, stack_of
from tests.variants import VARIANTS, Variant, read_tree, varied

STACKS = sorted(path.parent for path in (FIXTURES / "stacks").glob("*/before"))


def name(case: Path | Variant) -> str:
    return case.name if isinstance(case, Path) else case.__name__


@pytest.mark.parametrize("variant", VARIANTS, ids=name)
@pytest.mark.parametrize("case", STACKS, ids=name)
def test_stack_becomes_after_and_then_stays(case: Path, variant: Variant) -> None:
    before = varied(read_tree(case / "before"), variant)
    after_folder = case / "after"
    after = varied(read_tree(after_folder if after_folder.is_dir() else case / "before"), variant)
    outcome = fixed(before)
    assert outcome.held == ()
    assert result(before, outcome) == {path: one.encode() for path, one in after.items()}
    assert fixed(after).changes == ()


@pytest.mark.parametrize("case", STACKS, ids=name)
def test_report_is_as_reviewed(case: Path) -> None:
    outcome = fixed(read_tree(case / "before"))
    recorded = (case / "report.txt").read_text(encoding="utf-8")
    assert text.summary(outcome, Paint(on=False)) == recorded


@pytest.mark.parametrize("case", [one for one in STACKS if one.name.startswith("ok-")], ids=name)
def test_healthy_stack_is_left_alone(case: Path) -> None:
    stack = stack_of(read_tree(case / "before"))
    assert not stack.problems
    outcome = fixed(read_tree(case / "before"))
    assert (outcome.fixed, outcome.held, outcome.left, outcome.changes) == ((), (), (), ())


def test_there_are_healthy_stacks() -> None:
    assert sum(one.name.startswith("ok-") for one in STACKS) >= 3
