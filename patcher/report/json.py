"""Findings and outcomes for programs to read; docs/json.md describes the format."""

from __future__ import annotations

from dataclasses import asdict
from json import dumps
from typing import Any, Final

from patcher import __version__
from patcher.diff import replacements
from patcher.engine.outcome import Change
from patcher.engine.statement import Statements, lacking
from patcher.errors import UserError
from patcher.finding import Finding, Location, NoFix
from patcher.report import diff, statistics
from patcher.report.entries import Entry, Report, StackResult, State
from patcher.text import Edit

FORMAT: Final = 1
"""The version of the format; it grows when something is renamed, removed or means another thing."""

Object = dict[str, Any]


def render(report: Report) -> str:
    """Return what was found, or what was fixed, held and left, and which files change how."""
    document: Object = {
        "format": FORMAT,
        "hanna_fix": __version__,
        "findings": [_entry(one) for one in report.entries],
        "problems": [_problem(one) for one in report.problems],
    }
    if report.statistics:
        document["statistics"] = [
            {"rule": rule, **asdict(row)} for rule, row in statistics.by_rule(report)
        ]
    if report.stacks:
        document["stacks"] = [_stack(one) for one in report.stacks]
    if report.outcome is not None:
        document["files"] = [_file(one) for one in report.outcome.changes]
        document["diff"] = diff.diff(report.outcome)
        if report.outcome.proof is not None:
            document["proof"] = _proof(report.outcome.proof)
    # ASCII only: nothing of a repository's text reaches a terminal as a control character
    return dumps(document, indent=2) + "\n"


def _proof(statements: Statements) -> Object:
    told = [
        {
            "program": one.program,
            "version": one.version or None,
            "subject": one.subject or None,
            "status": one.status.value,
            "said": one.said,
            "notes": list(one.notes),
        }
        for one in statements
    ]
    return {"complete": not lacking(statements), "statements": told}


def _stack(one: StackResult) -> Object:
    counts = asdict(statistics.Row.of(one.entries))
    return {"stack": one.folder or ".", **counts, "not_read": one.not_read}


def _entry(entry: Entry) -> Object:
    more: Object = {}
    if entry.state is State.FIXED:
        more = {"direct": entry.direct}
    if entry.state is State.HELD:
        more = {"gate": entry.gate, "saw": entry.saw}
    return {"status": entry.state, **more, **_finding(entry.finding), "remedy": _remedy(entry)}


def _file(change: Change) -> Object:
    edits = [_edit(one) for one in replacements(change.before, change.after)]
    return {"path": change.after.path, "new": change.before is None, "edits": edits}


def _finding(finding: Finding) -> Object:
    return {
        "rule": finding.rule,
        "severity": finding.severity.name.lower(),
        "message": finding.message,
        "evidence": finding.evidence,
        "fingerprint": finding.fingerprint,
        "where": [_location(place) for place in finding.where],
    }


def _location(place: Location) -> Object:
    return {
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "route": list(place.route),
    }


def _remedy(entry: Entry) -> Object:
    remedy = entry.finding.remedy
    if isinstance(remedy, NoFix):
        return {"kind": "none", "reason": remedy.reason, "by_hand": remedy.by_hand}
    told = {
        "kind": "fix",
        "title": remedy.title,
        "safety": remedy.safety.name.lower(),
        "why": remedy.why,
        "next_up": remedy.next_up,
    }
    return {**told, "edits": [_edit(one) for one in entry.edits]} if entry.edits else told


def _edit(edit: Edit) -> Object:
    return {"path": edit.path, "start": edit.start, "end": edit.end, "text": edit.text}


def _problem(error: UserError) -> Object:
    return {
        "message": error.message,
        "todo": error.todo,
        "path": error.path,
        "line": error.line,
        "column": error.column,
    }
