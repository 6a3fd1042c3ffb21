"""A GitLab Code Quality report.

Source: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from json import dumps
from typing import Any, Final

from patcher.errors import UserError, brief, visible
from patcher.finding import Severity, digest
from patcher.report.entries import Entry, Report, details

SEVERITIES: Final = {
    Severity.ERROR: "critical",
    Severity.WARNING: "major",
    Severity.INFO: "minor",
}

Object = dict[str, Any]


def render(report: Report) -> str:
    """Return what the files still have; each fingerprint once, the same when lines move."""
    return document([*map(problem, report.problems), *map(_entry, report.open)])


def document(told: list[Object]) -> str:
    """Return issues, no two of them with one fingerprint."""
    seen: Counter[str] = Counter()
    for one in told:
        mark = one["fingerprint"]
        seen[mark] += 1
        if seen[mark] > 1:  # GitLab would show the first alone
            one["fingerprint"] = digest(mark, str(seen[mark]))
    return dumps(told, indent=2) + "\n"


def _entry(entry: Entry) -> Object:
    finding = entry.finding
    place = finding.where[0]
    return {
        "description": brief(finding.message),
        "content": body((("evidence", finding.evidence), *details(entry))),
        "check_name": finding.rule,
        "fingerprint": digest(finding.fingerprint),
        "severity": SEVERITIES[finding.severity],
        "location": location(place.path, place.line),
    }


def body(facts: Iterable[tuple[str, str]]) -> Object:
    """Return facts, each with its name, as what an issue shows below its description."""
    return {"body": "\n".join(f"{name}: {brief(text)}  " for name, text in facts)}


def problem(error: UserError) -> Object:
    """Return the issue for what cannot be read."""
    path = error.path or "."
    return {
        "description": brief(f"{error.message}; {error.todo}" if error.todo else error.message),
        "check_name": "cannot-be-read",
        "fingerprint": digest("cannot-be-read", path, error.message),
        "severity": "blocker",
        "location": location(path, error.line or 1),
    }


def location(path: str, line: int) -> Object:
    """Return a line of a file as GitLab has it."""
    return {"path": visible(path), "lines": {"begin": line}}
