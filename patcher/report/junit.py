"""A JUnit report: a failed test for each finding, for the test pages of a pipeline.

Source: https://github.com/testmoapp/junitxml, and what GitLab and Jenkins read of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from patcher.errors import UserError, brief, visible
from patcher.patterns import regex
from patcher.report.entries import Entry, Report, details

# XML 1.0, section 2.2: the characters that a document may hold; `visible` leaves no line ends
_NOT_XML: Final = regex("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(report: Report) -> str:
    """Return a suite with a test for each finding and each file that cannot be read.

    A finding that is gone passes, any other fails. With nothing to tell one test passes, because
    readers take an empty suite for a broken one.
    """
    suite = Element("testsuite", name="hanna-fix")
    for problem in report.problems:
        _problem(suite, problem)
    for entry in report.entries:
        _entry(suite, entry, gone=report.is_gone(entry))
    if not len(suite):
        SubElement(suite, "testcase", name="no findings", classname="hanna-fix")
    return _document(suite)


def _document(suite: Element) -> str:
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
    case = _case(suite, name, place.path, place.line)
    if gone:
        SubElement(case, "system-out").text = _xml("\n".join(_told(entry)))
        return
    severity = finding.severity.name.lower()
    failure = SubElement(case, "failure", type=severity, message=_xml(brief(finding.message)))
    failure.text = _xml("\n".join(_told(entry)))


def _told(entry: Entry) -> Iterator[str]:
    finding = entry.finding
    yield brief(finding.message)
    for name, text in (("evidence", finding.evidence), *details(entry)):
        yield f"{name}: {brief(text)}"


def _problem(suite: Element, error: UserError) -> None:
    case = _case(suite, f"read {error.path or 'the project'}", error.path or ".", error.line or 1)
    SubElement(
        case, "error", type="cannot be read", message=_xml(brief(error.message))
    ).text = _xml(str(error))


def _case(suite: Element, name: str, path: str, line: int) -> Element:
    shown = _xml(visible(path))
    return SubElement(
        suite, "testcase", name=_xml(visible(name)), classname=shown, file=shown, line=str(line)
    )


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
