"""A report in SARIF 2.1.0, fixes with their replacements.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from json import dumps
from typing import Any, Final

from patcher import __version__
from patcher.errors import UserError, brief
from patcher.finding import Finding, Fix, Location, NoFix, Safety, Severity
from patcher.report.entries import Entry, Report
from patcher.report.sarif_regions import at, of_edit, of_place, uri
from patcher.rules import rule_named
from patcher.text import Edit, Source

_SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_FINGERPRINT: Final = "hannaFix/v1"

Object = dict[str, Any]


def render(report: Report) -> str:
    """Return one run with a result for each finding that the files still have."""
    rules = sorted({one.finding.rule for one in report.open})
    results = [_result(one, rules) for one in report.open]
    return document([_rule(name) for name in rules], results, report.problems)


def document(rules: list[Object], results: list[Object], problems: tuple[UserError, ...]) -> str:
    """Return a log of one run; `problems` are its notifications."""
    driver = {"name": "hanna-fix", "semanticVersion": __version__, "rules": rules}
    run = {
        "tool": {"driver": driver},
        # what the columns and offsets count, and where lines end: as `sarif_regions` has it
        "columnKind": "utf16CodeUnits",
        "newlineSequences": ["\r\n", "\n", "\r"],
        "invocations": [_invocation(problems)],
        "results": results,
    }
    return dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(name: str) -> Object:
    rule = rule_named(name)
    level, docs = LEVELS[rule.severity], rule.docs.strip()
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.summary},
        "help": {"text": docs, "markdown": docs},
        "defaultConfiguration": {"enabled": rule.default, "level": level},
        "properties": {"fixable": rule.fixable.value, "problem.severity": level},
    }


def _result(entry: Entry, rules: list[str]) -> Object:
    finding = entry.finding
    related = [_location(place, entry) for place in finding.where[1:]]
    fixes = list(_fixes(entry))
    return {
        "ruleId": finding.rule,
        "ruleIndex": rules.index(finding.rule),
        "level": LEVELS[finding.severity],
        "message": {"text": plain(f"{brief(finding.message)}\n{brief(finding.evidence)}")},
        "locations": [_location(finding.where[0], entry)],
        **({"relatedLocations": related} if related else {}),
        "partialFingerprints": {_FINGERPRINT: finding.fingerprint},
        **({"fixes": fixes} if fixes else {}),
        "properties": _properties(entry),
    }


def _properties(entry: Entry) -> Object:
    finding = entry.finding
    told: Object = {"status": entry.state, "evidence": finding.evidence}
    if entry.gate:
        told |= {"gate": entry.gate, "saw": entry.saw}
    return {**told, **_remedy(finding)}


def _remedy(finding: Finding) -> Object:
    remedy = finding.remedy
    if isinstance(remedy, NoFix):
        return {"noFix": remedy.reason, "byHand": remedy.by_hand}
    safety = remedy.safety.name.lower()
    return {"fix": remedy.title, "safety": safety, "nextUp": remedy.next_up, "why": remedy.why}


def _fixes(entry: Entry) -> Iterator[Object]:
    """Yield the fix where its edits may be made in the files as they are, and by a machine."""
    fix = entry.finding.remedy
    if isinstance(fix, Fix) and entry.edits and fix.safety is not Safety.DISPLAY:
        care = f" (unsafe: {fix.why})" if fix.safety is Safety.UNSAFE else ""
        title = plain(brief(f"{fix.title}{care}"))
        paths = sorted({edit.path for edit in entry.edits})
        changes = [_change(path, entry) for path in paths]
        yield {"description": {"text": title}, "artifactChanges": changes}


def _change(path: str, entry: Entry) -> Object:
    source = entry.sources.get(path, Source(path, ""))
    edits = sorted((one for one in entry.edits if one.path == path), key=lambda one: one.start)
    return {"artifactLocation": _artifact(path), "replacements": list(_replacements(source, edits))}


def _replacements(source: Source, edits: Iterable[Edit]) -> Iterator[Object]:
    for edit in edits:
        replacement: Object = {"deletedRegion": of_edit(source, edit)}
        if edit.text:
            replacement["insertedContent"] = {"text": edit.text}
        yield replacement


def _location(place: Location, entry: Entry) -> Object:
    physical = {
        "artifactLocation": _artifact(place.path),
        "region": of_place(entry.sources.get(place.path), place),
    }
    name = ".".join(map(str, place.route))
    logical = {"logicalLocations": [{"fullyQualifiedName": name}]} if name else {}
    return {"physicalLocation": physical, **logical}


def _artifact(path: str) -> Object:
    return {"uri": uri(path), "uriBaseId": "%SRCROOT%"}


def _invocation(problems: tuple[UserError, ...]) -> Object:
    told = [_notification(one) for one in problems]
    notes = {"toolExecutionNotifications": told} if told else {}
    return {"executionSuccessful": not problems, **notes}


def _notification(error: UserError) -> Object:
    text = f"{error.message}; {error.todo}" if error.todo else error.message
    note: Object = {"level": "error", "message": {"text": plain(brief(text))}}
    if error.path is not None:
        note["locations"] = [located(error.path, error.line, error.column)]
    return note


def located(path: str, line: int | None, column: int | None) -> Object:
    """Return the location of a file, or of a place in it."""
    region = {"region": at(line, column)} if line else {}
    return {"physicalLocation": {"artifactLocation": _artifact(path), **region}}


def plain(text: str) -> str:
    """Return a message that is no template and holds no link: sections 3.11.5 and 3.11.6."""
    linkless = re.sub(r"[\\\[\]]", r"\\\g<0>", text) if "](" in text else text
    return linkless.replace("{", "{{").replace("}", "}}")
