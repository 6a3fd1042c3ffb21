"""The upstream rules beside those that they meet: whatever the order, the same files come out."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from patcher.engine.fix import fix
from patcher.finding import Safety
from patcher.rules import all_rules, rule_named
from patcher.stack.settings import Settings, Upstreams
from tests.stacks import FIXTURES, result, stack_of
from tests.variants import Sources, read_tree

MONITOR = ("missing-healthcheck", "unconditional-depends-on", "no-dns-monitor")
DYNAMIC = ("resolver-missing", "resolver-cache", "resolver-timeout", "static-upstream")
DIRECT = ("missing-depends-on", "variable-upstream", "resolver-missing")
STACKS = [
    FIXTURES / "rules/no-dns-monitor/others-wait-for-nginx/before",
    FIXTURES / "rules/no-dns-monitor/example/before",
    FIXTURES / "rules/static-upstream/example/before",
    FIXTURES / "rules/static-upstream/known-to-a-variable-elsewhere/before",
    FIXTURES / "rules/resolver-missing/example/before",
    FIXTURES / "rules/variable-upstream/no-fix/before",
    FIXTURES / "stacks/hanna/before",
]


def one_by_one(sources: Sources, names: tuple[str, ...], policy: Upstreams) -> dict[str, bytes]:
    """Run one rule after the other, again and again until none changes anything."""
    settings, changed = Settings(upstreams=policy), True
    while changed:
        changed = False
        for name in names:
            outcome = fix(stack_of(sources, settings), [rule_named(name)], Safety.UNSAFE)
            assert outcome.held == ()
            changed |= bool(outcome.changes)
            sources = {**sources, **{one.after.path: one.after for one in outcome.changes}}
    return {path: source.encode() for path, source in sources.items()}


def all_at_once(sources: Sources, names: tuple[str, ...], policy: Upstreams) -> dict[str, bytes]:
    rules = [rule_named(name) for name in names]
    outcome = fix(stack_of(sources, Settings(upstreams=policy)), rules, Safety.UNSAFE)
    assert outcome.held == ()
    return result(sources, outcome)


@pytest.mark.parametrize(
    ("names", "policy"), [(MONITOR, "dynamic"), (DYNAMIC, "dynamic"), (DIRECT, "direct")]
)
@pytest.mark.parametrize("folder", STACKS, ids=lambda path: path.parent.name)
def test_the_order_of_the_rules_does_not_matter(
    folder: Path, names: tuple[str, ...], policy: Upstreams
) -> None:
    sources = read_tree(folder)
    first, *others = [all_at_once(sources, order, policy) for order in permutations(names)]
    assert all(one == first for one in others)


@pytest.mark.parametrize("names", [MONITOR, DYNAMIC])
@pytest.mark.parametrize("folder", STACKS, ids=lambda path: path.parent.name)
def test_one_rule_after_the_other_reaches_the_same_files(
    folder: Path, names: tuple[str, ...]
) -> None:
    """Not so with direct names: a resolver that is added before them stays, unused."""
    sources = read_tree(folder)
    together = all_at_once(sources, names, "dynamic")
    for order in permutations(names):
        assert one_by_one(sources, order, "dynamic") == together, order


@pytest.mark.parametrize("policy", [None, "dynamic", "direct"])
@pytest.mark.parametrize("folder", STACKS, ids=lambda path: path.parent.name)
def test_all_rules_together_come_to_an_end(folder: Path, policy: Upstreams | None) -> None:
    settings = Settings(upstreams=policy)
    sources = read_tree(folder)
    outcome = fix(stack_of(sources, settings), all_rules(), Safety.UNSAFE)
    assert outcome.held == ()
    after = {**sources, **{one.after.path: one.after for one in outcome.changes}}
    assert fix(stack_of(after, settings), all_rules(), Safety.UNSAFE).changes == ()
