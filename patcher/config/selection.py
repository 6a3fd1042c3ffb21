"""Which rules run, and why: the settings, and the command line over them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from patcher.config.load import Config
from patcher.records import dataclass
from patcher.rules import all_rules, chosen_rules, rule_ids
from patcher.rules.base import Rule
from patcher.stack.settings import Settings

POLICIES: Final = {"dynamic": "static-upstream", "direct": "variable-upstream"}
"""The rule that each policy for upstreams switches on; the other one then never runs."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A rule, whether it runs, and why."""

    rule: Rule
    on: bool
    why: str


def selected(settings: Settings, select: Iterable[str], ignore: Iterable[str]) -> tuple[Rule, ...]:
    """Return the rules to run; `select` and `ignore` are the command line's.

    What it selects replaces what the settings select; what it ignores is ignored besides.
    """
    names = tuple(select) or settings.select
    policy = POLICIES.get(settings.upstreams or "")
    others = {rule for rule in POLICIES.values() if policy not in (None, rule)}
    rules = chosen_rules(names, (*settings.ignore, *ignore), () if policy is None else (policy,))
    return tuple(rule for rule in rules if rule.id not in others)


def choices(config: Config, select: Iterable[str], ignore: Iterable[str]) -> Iterator[Choice]:
    """Yield every rule with whether and why it runs, sorted by id."""
    select, ignore = tuple(select), tuple(ignore)
    on = selected(config.settings, select, ignore)
    for rule in all_rules():
        yield Choice(rule, rule in on, _why(rule, config, select, ignore))


def _why(rule: Rule, config: Config, select: tuple[str, ...], ignore: tuple[str, ...]) -> str:
    settings = config.settings
    if rule.id in rule_ids(ignore):
        return "--ignore"
    if rule.id in rule_ids(settings.ignore):
        return f"ignore, {config.origin(('ignore',))}"
    policy = POLICIES.get(settings.upstreams or "")
    is_other = policy is not None and rule.id in POLICIES.values() and rule.id != policy
    if is_other or (rule.id == policy and not (select or settings.select)):
        return f"upstreams, {config.origin(('upstreams',))}"
    if select or settings.select:
        names = select or settings.select
        where = "--select" if select else f"select, {config.origin(('select',))}"
        return where if rule.id in rule_ids(names) else f"not in {where}"
    return "default" if rule.default else "off by default"
