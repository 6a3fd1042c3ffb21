"""The order of the rules decides nothing: any subset, in any order, together or apart.

Together: the rules of one run may be named in any order. Apart: rules that are run one group after
the other, round and round until a round changes nothing, reach the files of one run with all of
them. Where services share definitions, by an alias or `extends`, the files may say the same in
another way: a wait in the shared definition, or once more in the service. What the services are is
the same. Not promised, and left out, is the policy `upstreams = "direct"` apart: a resolver that is
added before the names are written out stays, unused.

`HYPOTHESIS_EXAMPLES=1500 pytest tests/test_any_order.py` draws more.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patcher.config.load import read_config
from patcher.engine.fix import MAX_PASSES, fix
from patcher.engine.outcome import Outcome
from patcher.finding import Safety
from patcher.report import text
from patcher.report.style import Paint
from patcher.rules import all_rules
from patcher.rules.base import Rule
from patcher.stack.settings import Settings
from patcher.text import Source
from tests.real_compose import Views, ours
from tests.stacks import FIXTURES, result, stack_of, whole_stacks
from tests.test_shared_definitions import Writer
from tests.variants import MemoryFiles, Sources, read_tree

EXAMPLES = int(os.environ.get("HYPOTHESIS_EXAMPLES", "25"))
SHARED = {"missing-depends-on/alias-in-one-line"}
RULE_CASES = sorted(path.parent for path in (FIXTURES / "rules").glob("*/*/before"))


def name(project: Path) -> str:
    return f"{project.parent.name}/{project.name}"


STACKS = list(dict.fromkeys(one.base for one in whole_stacks()))
PROJECTS = [
    *STACKS,
    *(one for one in RULE_CASES if name(one) not in SHARED),
]

drawn = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@dataclass(frozen=True)
class Run:
    """A project, and how it is to be fixed."""

    name: str
    sources: Sources = field(repr=False)
    rules: tuple[Rule, ...]
    minimum: Safety
    told: Settings

    def fixed(self, sources: Sources, rules: list[Rule]) -> Outcome:
        """Fix with some of the rules; nothing may be held."""
        outcome = fix(stack_of(sources, self.told), rules, self.minimum)
        assert outcome.held == ()
        return outcome


@st.composite
def runs(draw: st.DrawFn, policies: tuple[str | None, ...]) -> Run:
    project = draw(st.sampled_from(PROJECTS))
    left_out = draw(st.sets(st.sampled_from(all_rules())))
    rules = tuple(rule for rule in all_rules() if rule not in left_out)
    sources = read_tree(project / "before")
    told = read_config(MemoryFiles(sources)).settings
    told = replace(told, upstreams=draw(st.sampled_from(policies)))
    return Run(
        name(project), sources, rules, draw(st.sampled_from([Safety.UNSAFE, Safety.SAFE])), told
    )


def groups(rules: list[Rule], ends: list[bool]) -> list[list[Rule]]:
    """Cut a list where `ends` says so."""
    found: list[list[Rule]] = [[]]
    for rule, ends_here in zip(rules, ends, strict=True):
        found[-1].append(rule)
        if ends_here:
            found.append([])
    return found


def apart(run: Run, groups: list[list[Rule]]) -> dict[str, bytes]:
    """Fix with one group after the other until a round changes nothing; return every file."""
    sources = run.sources
    for _ in range(MAX_PASSES):
        before = sources
        for group in groups:
            outcome = run.fixed(sources, group)
            sources = {**sources, **{one.after.path: one.after for one in outcome.changes}}
        if sources == before:
            return {path: one.encode() for path, one in sources.items()}
    raise AssertionError(f"still changing after {MAX_PASSES} rounds")


@drawn
@given(runs((None, "dynamic", "direct")), st.data())
def test_a_run_is_the_same_in_whatever_order_its_rules_are(run: Run, data: st.DataObject) -> None:
    first = run.fixed(run.sources, list(run.rules))
    second = run.fixed(run.sources, data.draw(st.permutations(run.rules)))
    assert result(run.sources, first) == result(run.sources, second)
    assert text.summary(first, Paint(on=False)) == text.summary(second, Paint(on=False))


@drawn
@given(runs((None, "dynamic")), st.data())
def test_groups_of_rules_one_after_the_other_reach_the_same_files(
    run: Run, data: st.DataObject
) -> None:
    together = result(run.sources, run.fixed(run.sources, list(run.rules)))
    order = data.draw(st.permutations(run.rules))
    ends = data.draw(st.lists(st.booleans(), min_size=len(order), max_size=len(order)))
    assert apart(run, groups(order, ends)) == together


@pytest.mark.parametrize("backwards", [False, True], ids=["forwards", "backwards"])
@pytest.mark.parametrize("project", STACKS, ids=lambda path: path.name)
def test_every_rule_alone_after_the_other_reaches_the_same_files(
    project: Path, backwards: bool
) -> None:
    sources = read_tree(project / "before")
    told = read_config(MemoryFiles(sources)).settings
    run = Run(name(project), sources, all_rules(), Safety.UNSAFE, told)
    together = result(sources, run.fixed(sources, list(run.rules)))
    one_by_one = [[rule] for rule in sorted(run.rules, key=lambda rule: rule.id, reverse=backwards)]
    assert apart(run, one_by_one) == together


def view(files: dict[str, bytes]) -> Views:
    """Return what the services of a project are, shared definitions and `extends` followed."""
    return ours(stack_of({path: Source.decode(path, data) for path, data in files.items()}))


@drawn
@given(st.integers(0, 9999), st.permutations(all_rules()))
def test_services_that_share_definitions_come_to_be_the_same(seed: int, order: list[Rule]) -> None:
    sources = {"compose.yaml": Source("compose.yaml", Writer(seed).stack())}
    run = Run(str(seed), sources, all_rules(), Safety.UNSAFE, Settings())
    together = result(sources, run.fixed(sources, list(run.rules)))
    assert view(apart(run, [[rule] for rule in order])) == view(together)


@pytest.mark.parametrize("case", SHARED)
def test_a_case_that_shares_a_definition_comes_to_be_the_same(case: str) -> None:
    sources = read_tree(FIXTURES / "rules" / case / "before")
    run = Run(case, sources, all_rules(), Safety.UNSAFE, Settings())
    together = result(sources, run.fixed(sources, list(run.rules)))
    backwards = apart(run, [[rule] for rule in reversed(all_rules())])
    assert backwards != together
    assert view(backwards) == view(together)
