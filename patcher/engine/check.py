"""Run rules over a stack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from patcher.finding import Finding, Fix, NoFix
from patcher.records import dataclass
from patcher.rules.base import Rule
from patcher.stack.exclude import is_excluded
from patcher.stack.stack import Stack


@dataclass(frozen=True, slots=True)
class Checked:
    """What rules find: the findings to tell of and fix, and those that a comment ignores."""

    found: tuple[Finding, ...]
    ignored: tuple[Finding, ...]


def check(stack: Stack, rules: Sequence[Rule]) -> tuple[Finding, ...]:
    """Return the findings of `rules`, sorted by place, the same whatever the order of the rules.

    What a comment ignores is left out, and so is what is found in a file that the settings exclude.
    """
    return sort_out(stack, rules).found


def sort_out(stack: Stack, rules: Sequence[Rule]) -> Checked:
    """Return the findings of `rules`, those that a comment ignores apart; both sorted by place."""
    excluded = stack.settings.exclude
    every = sorted((finding for rule in rules for finding in rule.check(stack)), key=_order)
    told = [one for one in every if not is_excluded(one.where[0].path, excluded)]
    found: list[Finding] = []
    ignored: list[Finding] = []
    for one in told:
        (ignored if stack.is_ignored(one.rule, one.where[0]) else found).append(one)
    return Checked(tuple(_without_excluded(one, excluded) for one in found), tuple(ignored))


def _without_excluded(finding: Finding, excluded: Sequence[str]) -> Finding:
    """Return a finding without its fix where that would edit an excluded file."""
    fix = finding.remedy
    paths = sorted({edit.path for edit in fix.edits}) if isinstance(fix, Fix) else []
    path = next((path for path in paths if is_excluded(path, excluded)), None)
    if path is None or not isinstance(fix, Fix):
        return finding
    return replace(finding, remedy=NoFix(f"the settings exclude {path}", fix.title))


def _order(finding: Finding) -> tuple[str, int, int, str, str]:
    place = finding.where[0]
    return place.path, place.line, place.column, finding.rule, finding.message
