"""Findings and outcomes for programs to read; docs/json.md describes the format."""

from __future__ import annotations

from collections.abc import Sequence
from json import dumps
from typing import Any, Final

from patcher import __version__
from patcher.engine.outcome import Fixed, Held, Outcome
from patcher.engine.statement import Statements, lacking
from patcher.errors import UserError
from patcher.finding import Finding, Fix, Location, NoFix
from patcher.report import diff
from patcher.text import Edit

FORMAT: Final = 1
"""The version of the format; it grows when something is renamed, removed or means another thing."""

Object = dict[str, Any]


def findings(found: Sequence[Finding], problems: Sequence[UserError]) -> str:
    """Return what `check` found, fixes with their edits."""
    told = [
        {"status": "found", **_finding(one), "remedy": _remedy(one.remedy, edits=True)}
        for one in found
    ]
    return _document(told, problems)


def outcome(result: Outcome, problems: Sequence[UserError]) -> str:
    """Return what was fixed, held and left, the files that change, and the diff."""
    files = [{"path": one.after.path, "new": one.before is None} for one in result.changes]
    told = [*map(_fixed, result.fixed), *map(_held, result.held), *map(_left, result.left)]
    proof = {} if result.proof is None else {"proof": _proof(result.proof)}
    return _document(told, problems, files=files, diff=diff.diff(result), **proof)


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


def _document(told: list[Object], problems: Sequence[UserError], **more: Any) -> str:
    document = {
        "format": FORMAT,
        "hanna_fix": __version__,
        "findings": told,
        "problems": [_problem(one) for one in problems],
        **more,
    }
    # ASCII only: nothing of a repository's text reaches a terminal as a control character
    return dumps(document, indent=2) + "\n"


def _fixed(one: Fixed) -> Object:
    finding, remedy = one.finding, _remedy(one.finding.remedy, edits=False)
    return {"status": "fixed", "direct": one.direct, **_finding(finding), "remedy": remedy}


def _held(one: Held) -> Object:
    finding, remedy = one.finding, _remedy(one.finding.remedy, edits=False)
    gate = {"gate": one.gate, "saw": one.saw}
    return {"status": "held", **gate, **_finding(finding), "remedy": remedy}


def _left(finding: Finding) -> Object:
    remedy = _remedy(finding.remedy, edits=False)
    return {"status": "left", **_finding(finding), "remedy": remedy}


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


def _remedy(remedy: Fix | NoFix, *, edits: bool) -> Object:
    if isinstance(remedy, NoFix):
        return {"kind": "none", "reason": remedy.reason, "by_hand": remedy.by_hand}
    told = {
        "kind": "fix",
        "title": remedy.title,
        "safety": remedy.safety.name.lower(),
        "why": remedy.why,
        "next_up": remedy.next_up,
    }
    return {**told, "edits": [_edit(one) for one in remedy.edits]} if edits else told


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
