"""A JUnit report: a failed test for each finding, for the test pages of a pipeline.

Source: https://github.com/testmoapp/junitxml, and what GitLab and Jenkins read of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from patcher.errors import UserError, brief, visible
from patcher.finding import Severity
from patcher.patterns import regex
from patcher.report.entries import Entry, Report, details

# XML 1.0, section 2.2: the characters that a document may hold; `visible` leaves no line ends
_NOT_XML: Final = regex("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report) -> str:
    """Return a suite with a test for each finding and each file that cannot be read.

    A finding that is gone passes, any other fails. With nothing to tell one test passes, because
    readers take an empty suite for a broken one.
    """
    suite = suite_of(report.problems)
    for entry in report.entries:
        _entry(suite, entry, gone=report.is_gone(entry))
    return document(suite, "no findings")


def suite_of(problems: Iterable[UserError]) -> Element:
    """Return a suite with a test for each file that cannot be read."""
    suite = Element("testsuite", name="hanna-fix")
    for problem in problems:
        _problem(suite, problem)
    return suite


def document(suite: Element, nothing: str) -> str:
    """Return the report of a suite; an empty one gets a test that passes, named `nothing`."""
    if not len(suite):
        SubElement(suite, "testcase", name=nothing, classname="hanna-fix")
    counts = {
        "tests": str(len(suite)),
        "failures": str(len(suite.findall("testcase/failure"))),
        "errors": str(len(suite.findall("testcase/error"))),
    }
    for name, value in counts.items():
        suite.set(name, value)
    root = Element("testsuites", {"name": "hanna-fix", **counts})
    root.append(suite)
    indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, encoding="unicode")}\n'


def _entry(suite: Element, entry: Entry, *, gone: bool) -> None:
    finding = entry.finding
    place = finding.where[0]
    # no line: the history of a test is found by its name
    name = f"{finding.rule} at {'.'.join(map(str, place.route)) or 'top level'}"
    case = case_of(suite, name, place.path, (place.path, place.line))
    if gone:
        SubElement(case, "system-out").text = _xml("\n".join(_told(entry)))
        return
    fail(case, finding.severity, finding.message, _told(entry))


def fail(case: Element, severity: Severity, message: str, told: Iterable[str]) -> None:
    """Make a test fail with a message, and below it lines that are safe on a terminal."""
    failure = SubElement(case, "failure", type=severity.name.lower(), message=_xml(brief(message)))
    failure.text = _xml("\n".join(told))


def _told(entry: Entry) -> Iterator[str]:
    finding = entry.finding
    yield brief(finding.message)
    for name, text in (("evidence", finding.evidence), *details(entry)):
        yield f"{name}: {brief(text)}"


def _problem(suite: Element, error: UserError) -> None:
    path = error.path or "."
    name = f"read {error.path or 'the project'}"
    case = case_of(suite, name, path, (path, error.line or 1))
    SubElement(
        case, "error", type="cannot be read", message=_xml(brief(error.message))
    ).text = _xml(str(error))


def case_of(suite: Element, name: str, classname: str, place: tuple[str, int] | None) -> Element:
    """Add a test to a suite; `place` is a file and a line in it, where there is one."""
    case = SubElement(
        suite, "testcase", name=_xml(visible(name)), classname=_xml(visible(classname))
    )
    if place is not None:
        case.set("file", _xml(visible(place[0])))
        case.set("line", str(place[1]))
    return case


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
