"""A diagnosis as JUnit: well-formed whatever the log holds, a failed test for each group."""

from __future__ import annotations

from xml.etree.ElementTree import Element, fromstring

from patcher.report import diagnosis_junit
from patcher.report.diagnosed import Diagnosed
from tests.report.diagnoses import KNOWN, NOWHERE, diagnosed, hostile


def suite(report: Diagnosed) -> Element:
    (inner,) = fromstring(diagnosis_junit.render(report).encode())
    return inner


def counts(report: Diagnosed) -> list[str | None]:
    return [suite(report).get(name) for name in ("tests", "failures", "errors")]


def test_a_group_is_a_failed_test() -> None:
    first, second = suite(diagnosed(KNOWN, NOWHERE))
    assert first.attrib == {
        "name": "`app` could not be resolved (3: Host not found)",
        "classname": "nginx/not-resolved",
        "file": "compose.yaml",
        "line": "2",
    }
    (failure,) = first
    assert failure.attrib == {
        "type": "error",
        "message": "`app` could not be resolved (3: Host not found), 2 times",
    }
    assert failure.text is not None
    assert "most likely: two servers" in failure.text.splitlines()
    assert set(second.attrib) == {"name", "classname"}


def test_without_failures_one_test_passes() -> None:
    assert counts(diagnosed()) == ["1", "0", "0"]
    (case,) = suite(diagnosed())
    assert (case.get("name"), len(case)) == ("no failures", 0)


def test_every_character_is_one_of_xml() -> None:
    assert counts(hostile()) == ["3", "1", "2"]
    failed = suite(hostile())[-1][0]
    assert "</failure>" in (failed.text or "")
    assert "]]>" in (failed.text or "")
    assert not any(char in diagnosis_junit.render(hostile()) for char in "\x1b\u202e\ufffe")
