"""The JSON report: every field, held to its schema, and nothing that a terminal would act on."""

from __future__ import annotations

from typing import Any

from patcher import __version__
from patcher.report import json as report
from patcher.report.entries import Report
from tests.report.reports import FIX, HOSTILE, NO_FIX, PROBLEM, came_to, checked, finding, hostile
from tests.report.schemas import our_report


def told(made: Report) -> Any:
    text = report.render(made)
    assert text.isascii()
    assert "\x1b" not in text
    return our_report(text)


def test_check_tells_findings_with_their_edits() -> None:
    document = told(checked(finding(FIX), finding(NO_FIX)))
    assert (document["format"], document["hanna_fix"]) == (1, __version__)
    first, second = document["findings"]
    assert first == {
        "status": "found",
        "rule": "resolver-mixed",
        "severity": "error",
        "message": "it is bad",
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
    assert "files" not in document


def test_an_outcome_tells_what_became_of_each() -> None:
    document = told(came_to())
    fixed, held, left = document["findings"]
    assert (fixed["status"], fixed["direct"]) == ("fixed", True)
    assert (held["status"], held["gate"], held["saw"]) == ("held", "local", "a comment is lost")
    assert left["status"] == "left"
    assert "+networks: {}\n" in document["diff"]


def test_edits_are_told_where_they_may_be_made_in_the_files_as_read() -> None:
    fixed, held, _ = told(came_to())["findings"]
    assert fixed["remedy"]["edits"]
    assert "edits" not in held["remedy"]  # its file is changed by the other fix


def test_files_are_told_with_all_that_changes() -> None:
    whole = {"start": 30, "end": 30, "text": "networks: {}\n"}
    assert told(came_to())["files"] == [
        {"path": "compose.yaml", "new": False, "edits": [{"path": "compose.yaml", **whole}]},
        {
            "path": "new.sh",
            "new": True,
            "edits": [{"path": "new.sh", "start": 0, "end": 0, "text": "true\n"}],
        },
    ]


def test_statistics_are_told_where_asked_for() -> None:
    assert "statistics" not in told(came_to())
    assert told(came_to(statistics=True))["statistics"] == [
        {"rule": "resolver-mixed", "findings": 2, "fixable": 1, "fixed": 0, "held": 1, "left": 1},
        {"rule": "resolver-cache", "findings": 1, "fixable": 1, "fixed": 1, "held": 0, "left": 0},
    ]


def test_problems_have_their_place() -> None:
    assert told(checked(problems=(PROBLEM,)))["problems"] == [
        {"message": "not valid", "todo": "mend it", "path": "a.yml", "line": 3, "column": 1}
    ]


def test_text_of_a_repository_comes_back_as_it_was() -> None:
    first = told(hostile())["findings"][0]
    assert first["message"] == HOSTILE
