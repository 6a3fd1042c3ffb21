"""A diagnosis as GitLab Code Quality: the fields that it reads, each group once."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from patcher.report import diagnosis_gitlab
from patcher.report.diagnosed import Diagnosed, results
from tests.report.diagnoses import KNOWN, LOOKUP, NOWHERE, diagnosed, explained, group, hostile


def told(report: Diagnosed) -> list[Any]:
    text = diagnosis_gitlab.render(report)
    assert text.isascii()
    document: list[Any] = json.loads(text)
    return document


def test_a_group_has_what_gitlab_reads() -> None:
    report = diagnosed(KNOWN)
    (one,) = told(report)
    assert one.pop("content")["body"].startswith("seen: 2025/11/21 10:00:00 to ")
    assert one == {
        "description": "`app` could not be resolved (3: Host not found), 2 times",
        "check_name": "nginx/not-resolved",
        "fingerprint": results(report)[0].fingerprint,
        "severity": "critical",
        "location": {"path": "compose.yaml", "lines": {"begin": 2}},
    }


def test_without_a_place_it_is_one_of_the_project() -> None:
    (one,) = told(diagnosed(NOWHERE, too_many=False))
    assert one["location"] == {"path": ".", "lines": {"begin": 1}}
    assert one["severity"] == "major"
    assert told(diagnosed()) == []


def test_no_two_issues_have_one_fingerprint() -> None:
    places = [replace(LOOKUP, place=f"/etc/nginx/nginx.conf:{line}") for line in (5, 9)]
    marks = [one["fingerprint"] for one in told(diagnosed(*(explained(group(p)) for p in places)))]
    assert len(set(marks)) == 2


def test_paths_and_descriptions_are_visible() -> None:
    issues = told(hostile())
    assert len(issues) == 3
    for one in issues:
        texts = (
            one["description"],
            one["location"]["path"],
            one.get("content", {}).get("body", ""),
        )
        assert all(text.replace("\ufffe", "").replace("\n", "").isprintable() for text in texts)
