"""Run rules over a stack."""

from __future__ import annotations

from collections.abc import Sequence

from patcher.finding import Finding
from patcher.rules.base import Rule
from patcher.stack.stack import Stack


def check(stack: Stack, rules: Sequence[Rule]) -> tuple[Finding, ...]:
    """Return the findings of `rules`, sorted by place, the same whatever the order of the rules."""
    findings = (finding for rule in rules for finding in rule.check(stack))
    return tuple(sorted(findings, key=_order))


def _order(finding: Finding) -> tuple[str, int, int, str, str]:
    place = finding.where[0]
    return place.path, place.line, place.column, finding.rule, finding.message
