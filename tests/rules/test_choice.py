"""Which rules run: those on by default, and those that are selected or ignored by id."""

from __future__ import annotations

from dataclasses import replace

import pytest

from patcher import rules
from patcher.errors import UserError


@pytest.fixture
def with_one_off(monkeypatch: pytest.MonkeyPatch) -> str:
    first, *others = rules.all_rules()
    changed = (replace(first, default=False), *others)
    monkeypatch.setattr(rules, "all_rules", lambda: changed)
    return first.id


def ids(select: list[str], ignore: list[str]) -> set[str]:
    return {rule.id for rule in rules.chosen_rules(select, ignore)}


def test_a_rule_off_by_default_runs_only_where_it_is_selected(with_one_off: str) -> None:
    everything = {rule.id for rule in rules.all_rules()}
    assert ids([], []) == {rule.id for rule in rules.all_rules() if rule.default}
    assert with_one_off not in ids([], [])
    assert ids(["ALL"], []) == everything
    assert ids([f"resolver-mixed, {with_one_off}"], []) == {with_one_off, "resolver-mixed"}
    assert ids(["ALL"], [with_one_off]) == everything - {with_one_off}
    assert ids([], ["ALL"]) == set()


def test_an_unknown_rule_is_told_with_the_nearest() -> None:
    with pytest.raises(UserError, match="no rule `resolver-mixd`; did you mean resolver-mixed"):
        ids(["resolver-mixd"], [])
