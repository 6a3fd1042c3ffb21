"""A diagnosis as a GitLab Code Quality report: an issue for each group of failures."""

from __future__ import annotations

from patcher.errors import brief
from patcher.report import gitlab
from patcher.report.diagnosed import Diagnosed, Result, results


def render(report: Diagnosed) -> str:
    """Return the issues; the fingerprint stays the same while the same fails."""
    severity = gitlab.SEVERITIES[report.severity]
    issues = [_issue(one, severity) for one in results(report)]
    return gitlab.document([*map(gitlab.problem, report.problems), *issues])


def _issue(one: Result, severity: str) -> gitlab.Object:
    path, line = (one.where.path, one.where.line) if one.where else (".", 1)  # GitLab needs a place
    return {
        "description": brief(one.title),
        "content": gitlab.body(one.facts),
        "check_name": one.rule,
        "fingerprint": one.fingerprint,
        "severity": severity,
        "location": gitlab.location(path, line),
    }
