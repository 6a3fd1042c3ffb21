"""The rules: one file each; a new file is found by itself."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from importlib import import_module

from patcher.errors import UserError
from patcher.rules.base import Rule


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return every rule, sorted by id."""
    names = (info.name for info in pkgutil.iter_modules(__path__) if info.name != "base")
    rules = (import_module(f"{__name__}.{name}").RULE for name in names)
    return tuple(sorted(rules, key=lambda rule: str(rule.id)))


def rule_named(name: str) -> Rule:
    """Return the rule with the id `name`; raises UserError naming the nearest one."""
    rules = {rule.id: rule for rule in all_rules()}
    if name in rules:
        return rules[name]
    near = get_close_matches(name, rules, 1)
    todo = f"did you mean {near[0]}?" if near else "`hanna-fix rules` lists them"
    raise UserError(f"no rule `{name}`", todo=todo)


def chosen_rules(select: Iterable[str], ignore: Iterable[str]) -> tuple[Rule, ...]:
    """Return the rules of `select` without those of `ignore`, sorted by id.

    An empty `select` means those that are on by default; `ALL` names every rule. Raises UserError
    for an id that is none.
    """
    selected = _ids(select) or {rule.id for rule in all_rules() if rule.default}
    return tuple(rule for rule in all_rules() if rule.id in selected - _ids(ignore))


def _ids(names: Iterable[str]) -> set[str]:
    words = [word.strip() for name in names for word in name.split(",") if word.strip()]
    if "ALL" in words:
        return {rule.id for rule in all_rules()}
    return {rule_named(word).id for word in words}
