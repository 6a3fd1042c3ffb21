"""The JSON report: every field, and nothing that a terminal would act on."""

from __future__ import annotations

import json
from typing import Any

from patcher import __version__
from patcher.engine.outcome import Change, Fixed, Held, Outcome
from patcher.errors import UserError
from patcher.finding import Finding, Fix, Location, NoFix, Safety, Severity
from patcher.report import json as report
from patcher.text import Edit, Source, Span

OLD = Source("compose.yaml", "services:\n  app:\n    image: x\n")
NEW = OLD.with_text(OLD.text + "networks: {}\n")
PLACE = Location.of(OLD, Span(12, 15), ("services", "app"))
FIX = Fix("do it", (Edit("compose.yaml", 3, 4, "e\n"),), "recreates", Safety.UNSAFE, "careful")
NO_FIX = NoFix("nobody knows", "ask")


def finding(remedy: Fix | NoFix) -> Finding:
    return Finding("some-rule", Severity.ERROR, "it is\x1b[31m bad", "seen", (PLACE,), remedy)


def told(text: str) -> Any:
    assert text.isascii()
    assert "\x1b" not in text
    return json.loads(text)


def test_check_tells_findings_with_their_edits() -> None:
    document = told(report.findings([finding(FIX), finding(NO_FIX)], []))
    assert (document["format"], document["hanna_fix"]) == (1, __version__)
    first, second = document["findings"]
    assert first == {
        "status": "found",
        "rule": "some-rule",
        "severity": "error",
        "message": "it is\x1b[31m bad",
        "evidence": "seen",
        "fingerprint": finding(FIX).fingerprint,
        "where": [{"path": "compose.yaml", "line": 2, "column": 3, "route": ["services", "app"]}],
        "remedy": {
            "kind": "fix",
            "title": "do it",
            "safety": "unsafe",
            "why": "careful",
            "next_up": "recreates",
            "edits": [{"path": "compose.yaml", "start": 3, "end": 4, "text": "e\n"}],
        },
    }
    assert second["remedy"] == {"kind": "none", "reason": "nobody knows", "by_hand": "ask"}


def test_an_outcome_tells_what_became_of_each() -> None:
    outcome = Outcome(
        (Change(OLD, NEW), Change(None, Source("new.sh", "true\n"))),
        (Fixed(finding(FIX), 1, direct=False),),
        (Held(finding(FIX), "local", "a comment is lost"),),
        (finding(NO_FIX),),
        2,
    )
    document = told(report.outcome(outcome, []))
    fixed, held, left = document["findings"]
    assert (fixed["status"], fixed["direct"]) == ("fixed", False)
    assert (held["status"], held["gate"], held["saw"]) == ("held", "local", "a comment is lost")
    assert left["status"] == "left"
    assert "edits" not in fixed["remedy"]
    assert document["files"] == [
        {"path": "compose.yaml", "new": False},
        {"path": "new.sh", "new": True},
    ]
    assert "+networks: {}\n" in document["diff"]


def test_problems_have_their_place() -> None:
    problem = UserError("not valid", todo="mend it", path="a.yml", line=3, column=1)
    assert told(report.findings([], [problem]))["problems"] == [
        {"message": "not valid", "todo": "mend it", "path": "a.yml", "line": 3, "column": 1}
    ]
