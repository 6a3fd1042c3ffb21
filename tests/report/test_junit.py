"""JUnit: well-formed whatever the repository holds, and a failed test for each finding."""

from __future__ import annotations

from xml.etree.ElementTree import Element, fromstring

from patcher.report import junit
from patcher.report.entries import Report
from tests.report.reports import FIX, NO_FIX, PROBLEM, came_to, checked, finding, hostile


def suite(report: Report) -> Element:
    root = fromstring(junit.render(report).encode())
    (inner,) = root
    for name in ("tests", "failures", "errors"):
        assert root.get(name) == inner.get(name)
    return inner


def counts(report: Report) -> list[str | None]:
    return [suite(report).get(name) for name in ("tests", "failures", "errors")]


def test_a_finding_is_a_failed_test() -> None:
    (case,) = suite(checked(finding(FIX)))
    assert case.attrib == {
        "name": "resolver-mixed at services.app",
        "classname": "compose.yaml",
        "file": "compose.yaml",
        "line": "2",
    }
    (failure,) = case
    assert failure.attrib == {"type": "error", "message": "it is bad"}
    assert failure.text is not None
    assert failure.text.splitlines()[1:] == [
        "evidence: seen",
        "fix with --unsafe: do it",
        "take care: careful",
    ]


def test_counts() -> None:
    assert counts(checked(finding(FIX), finding(NO_FIX), problems=(PROBLEM,))) == ["3", "2", "1"]
    assert counts(came_to(written=True)) == ["4", "2", "1"]
    assert counts(came_to()) == ["4", "3", "1"]


def test_nothing_to_tell_is_a_test_that_passes() -> None:
    assert counts(checked()) == ["1", "0", "0"]


def test_every_character_is_one_of_xml() -> None:
    first = suite(hostile())[1]
    assert "</failure>" in (first[0].text or "")
    text = junit.render(hostile())
    assert not any(char in text for char in "\x1b\u202e\ufffe")
