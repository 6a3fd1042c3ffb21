"""A diagnosis for programs to read; docs/diagnose.md describes the format."""

from __future__ import annotations

from json import dumps
from typing import Any, Final

from patcher import __version__
from patcher.diagnose.causes import Cause
from patcher.diagnose.diagnosis import Diagnosis, Explained
from patcher.diagnose.failure import Failure, Subject
from patcher.diagnose.kinds import not_told, title
from patcher.diagnose.tables import Tables
from patcher.finding import Finding, Fix, Location, NoFix
from patcher.report.diagnosed import Diagnosed
from patcher.report.diagnosis_statistics import by_kind

FORMAT: Final = 1
"""The version of the format; it grows when something is renamed, removed or means another thing."""

Object = dict[str, Any]


def render(report: Diagnosed) -> str:
    """Return the whole diagnosis, over several lines, or as one line after those of failures."""
    diagnosis = report.diagnosis
    told: Object = {"event": "summary"} if report.followed else {}
    told |= {
        "format": FORMAT,
        "hanna_fix": __version__,
        "total": diagnosis.total,
        "not_grouped": diagnosis.others,
        "too_many": report.too_many,
        "has_stack": diagnosis.has_stack,
        "groups": [_group(one, diagnosis) for one in diagnosis.explained],
        "rules": list(diagnosis.rules),
        "databases": [_tables(one) for one in diagnosis.databases],
        "problems": [str(one) for one in report.problems],
    }
    if report.statistics:
        told["statistics"] = [
            {"kind": kind, "failures": failures, "groups": groups}
            for kind, failures, groups in by_kind(diagnosis)
        ]
    # ASCII only: nothing of a log's text reaches a terminal as a control character
    return dumps(told, indent=None if report.followed else 2) + "\n"


def event(failure: Failure, total: int, left_out: int) -> str:
    """Return one failure as it comes, as one line; `left_out` were not printed before it."""
    told = {"event": "failure", "time": failure.time or None, **_subject(failure.subject)}
    return dumps({**told, "total": total, "left_out": left_out}) + "\n"


def _group(one: Explained, diagnosis: Diagnosis) -> Object:
    group = one.group
    return {
        **_subject(group.subject),
        "count": group.count,
        "first": group.first or None,
        "last": group.last or None,
        "services": list(one.services),
        "facts": [
            {"about": known.about, "text": known.text, "where": _place(known.where)}
            for known in one.facts
        ],
        "causes": [_cause(cause, diagnosis) for cause in one.causes],
        "not_told": not_told(group.subject.kind),
    }


def _subject(subject: Subject) -> Object:
    return {
        "kind": subject.kind.value,
        "title": title(subject),
        "host": subject.host or None,
        "port": subject.port,
        "code": subject.code,
        "reason": subject.reason or None,
        "server": subject.server or None,
        "place": subject.place or None,
        "ocsp": subject.is_ocsp,
    }


def _cause(cause: Cause, diagnosis: Diagnosis) -> Object:
    return {
        "text": cause.text,
        "tell": cause.tell,
        "rules": list(cause.rules),
        "findings": [_finding(one, diagnosis) for one in cause.findings],
    }


def _finding(finding: Finding, diagnosis: Diagnosis) -> Object:
    remedy = finding.remedy
    return {
        "rule": finding.rule,
        "message": finding.message,
        "fingerprint": finding.fingerprint,
        "where": _place(finding.where[0]),
        "fix": remedy.title if isinstance(remedy, Fix) else None,
        "no_fix": remedy.reason if isinstance(remedy, NoFix) else None,
        "ignored": finding.fingerprint in diagnosis.ignored,
    }


def _place(where: Location | None) -> Object | None:
    if where is None:
        return None
    return {"path": where.path, "line": where.line, "column": where.column}


def _tables(one: Tables) -> Object:
    return {
        "service": one.service,
        "tables": None if one.problem else one.count,
        "migration_tables": list(one.migrations),
        "problem": one.problem or None,
    }
