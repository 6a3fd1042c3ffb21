"""Every rule fixture, as written and in every variant, through the whole engine."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from patcher.engine.check import check
from patcher.finding import Safety
from patcher.report import text
from patcher.report.diff import diff
from patcher.report.style import Paint
from patcher.rules import rule_named
from tests.stacks import FIXTURES, fixed, result, stack_of
from tests.variants import VARIANTS, Variant, read_tree, varied

RULES = FIXTURES / "rules"
CASES = sorted(path.parent for path in RULES.glob("*/*/before"))
FIXED = [case for case in CASES if (case / "after").is_dir()]


def name(case: Path | Variant) -> str:
    return f"{case.parent.name}-{case.name}" if isinstance(case, Path) else case.__name__


@pytest.mark.parametrize("case", CASES, ids=name)
def test_findings_are_as_recorded(case: Path) -> None:
    stack = stack_of(read_tree(case / "before"))
    assert not stack.problems
    found = check(stack, [rule_named(case.parent.name)])
    if case.name.startswith("ok-"):
        assert found == ()
    else:
        recorded = (case / "findings.txt").read_text(encoding="utf-8")
        assert text.findings(found, Paint(on=False)) == recorded


@pytest.mark.parametrize("variant", VARIANTS, ids=name)
@pytest.mark.parametrize("case", CASES, ids=name)
def test_fix_gives_after_and_nothing_else(case: Path, variant: Variant) -> None:
    before = varied(read_tree(case / "before"), variant)
    after = varied(read_tree(case / "after" if case in FIXED else case / "before"), variant)
    outcome = fixed(before, [rule_named(case.parent.name)], Safety.UNSAFE)
    assert outcome.held == ()
    got = result(before, outcome)
    for path, source in after.items():
        assert got[path].decode() == source.encode().decode()
    assert got.keys() == after.keys()


@pytest.mark.parametrize("variant", VARIANTS, ids=name)
@pytest.mark.parametrize("case", FIXED, ids=name)
def test_second_run_is_silent(case: Path, variant: Variant) -> None:
    after = varied(read_tree(case / "after"), variant)
    outcome = fixed(after, [rule_named(case.parent.name)], Safety.UNSAFE)
    assert outcome.fixed == ()
    assert outcome.changes == ()


@pytest.mark.parametrize("variant", VARIANTS, ids=name)
@pytest.mark.parametrize("case", FIXED, ids=name)
def test_git_takes_the_diff(case: Path, variant: Variant, tmp_path: Path) -> None:
    before = varied(read_tree(case / "before"), variant)
    after = varied(read_tree(case / "after"), variant)
    for path, source in before.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(source.encode())
    patch = diff(fixed(before, [rule_named(case.parent.name)], Safety.UNSAFE))
    command = ["git", "apply", "--whitespace=nowarn", "-"]
    subprocess.run(command, cwd=tmp_path, input=patch.encode(), check=True)
    for path, source in after.items():
        assert (tmp_path / path).read_bytes() == source.encode()
