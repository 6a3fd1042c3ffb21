"""GitLab Code Quality: the fields that it reads, and a fingerprint for each finding."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from patcher.finding import Severity
from patcher.report import gitlab
from patcher.report.entries import Report
from tests.report.reports import FIX, PLACE, PROBLEM, came_to, checked, finding, hostile


def told(report: Report) -> list[Any]:
    text = gitlab.render(report)
    assert text.isascii()
    document: list[Any] = json.loads(text)
    return document


def test_a_finding_has_what_gitlab_reads() -> None:
    (one,) = told(checked(finding(FIX)))
    assert len(one.pop("fingerprint")) == 64
    assert one == {
        "description": "it is bad",
        "content": {"body": "evidence: seen  \nfix with --unsafe: do it  \ntake care: careful  "},
        "check_name": "resolver-mixed",
        "severity": "critical",
        "location": {"path": "compose.yaml", "lines": {"begin": 2}},
    }


def test_severities() -> None:
    found = [finding(FIX, severity=one) for one in Severity]
    assert [one["severity"] for one in told(checked(*found))] == ["minor", "major", "critical"]
    (problem,) = told(checked(problems=(PROBLEM,)))
    assert (problem["severity"], problem["location"]["lines"]) == ("blocker", {"begin": 3})


def marks(report: Report) -> list[str]:
    return [one["fingerprint"] for one in told(report)]


def test_fingerprints_are_unique_and_stay_when_lines_move() -> None:
    first = marks(checked(finding(FIX), finding(FIX)))
    assert len(set(first)) == 2
    moved = finding(FIX, place=replace(PLACE, line=40, column=9))
    assert marks(checked(moved, moved)) == first


def test_what_apply_fixed_is_left_out() -> None:
    assert len(told(came_to())) == 4
    assert len(told(came_to(written=True))) == 3
    assert told(checked()) == []


def test_paths_and_descriptions_are_visible() -> None:
    for one in told(hostile()):
        assert one["description"].replace("\ufffe", "").isprintable()
        assert one["location"]["path"].replace("\ufffe", "").isprintable()
