from __future__ import annotations

from dataclasses import replace

import pytest

from patcher import rules
from patcher.config import selection
from patcher.config.selection import POLICIES, choices, selected
from patcher.rules.base import Rule
from tests.config.texts import config

CACHE, MIXED = "resolver-cache", "resolver-mixed"


@pytest.fixture
def policies(monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """Have the rules of both policies, whatever they do, off by default."""
    first = rules.all_rules()[0]
    added = [replace(first, id=name, default=False) for name in POLICIES.values()]
    others = [one for one in rules.all_rules() if one.id not in POLICIES.values()]
    known: tuple[Rule, ...] = (*others, *added)
    monkeypatch.setattr(rules, "all_rules", lambda: known)
    monkeypatch.setattr(selection, "all_rules", lambda: known)
    return tuple(POLICIES.values())


def ids(text: str, select: tuple[str, ...] = (), ignore: tuple[str, ...] = ()) -> set[str]:
    return {rule.id for rule in selected(config(text).settings, select, ignore)}


def why(text: str, select: tuple[str, ...] = (), ignore: tuple[str, ...] = ()) -> dict[str, str]:
    found = list(choices(config(text), select, ignore))
    assert {one.rule.id for one in found if one.on} == ids(text, select, ignore)
    return {one.rule.id: f"{'on' if one.on else 'off'}: {one.why}" for one in found}


def test_the_command_line_replaces_select_and_adds_to_ignore() -> None:
    text = f"select = ['{CACHE}', '{MIXED}']\nignore = ['{CACHE}']\n"
    assert ids(text) == {MIXED}
    assert ids(text, select=("implicit-network",)) == {"implicit-network"}
    assert ids(text, select=(CACHE,)) == set()
    assert ids(text, ignore=(MIXED,)) == set()
    assert ids("select = ['ALL']") == {rule.id for rule in rules.all_rules()}


def test_why_a_rule_runs() -> None:
    text = f"ignore = ['{CACHE}']\nselect = ['{CACHE}', '{MIXED}']\n"
    assert why("")[MIXED] == "on: default"
    told = why(text)
    assert told[CACHE] == "off: ignore, .hanna-fix.toml:1"
    assert told[MIXED] == "on: select, .hanna-fix.toml:2"
    assert told["implicit-network"] == "off: not in select, .hanna-fix.toml:2"
    told = why(text, ("implicit-network",), (MIXED,))
    assert told["implicit-network"] == "on: --select"
    assert told["missing-healthcheck"] == "off: not in --select"
    assert told[MIXED] == "off: --ignore"


def test_a_policy_switches_one_rule_on_and_the_other_off(policies: tuple[str, ...]) -> None:
    static, variable = policies
    assert not ids("") & set(policies)
    assert why("")[static] == "off: off by default"
    told = why("upstreams = 'dynamic'\n")
    assert told[static] == "on: upstreams, .hanna-fix.toml:1"
    assert told[variable] == "off: upstreams, .hanna-fix.toml:1"
    assert ids("upstreams = 'direct'") & set(policies) == {variable}
    assert ids("upstreams = 'direct'", select=("ALL",)) & set(policies) == {variable}
    assert ids("upstreams = 'direct'", select=(MIXED,)) == {MIXED}
    assert static not in ids("upstreams = 'dynamic'", ignore=(static,))
