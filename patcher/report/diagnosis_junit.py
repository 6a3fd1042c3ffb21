"""A diagnosis as a JUnit report: a failed test for each group of failures."""

from __future__ import annotations

from patcher.errors import brief
from patcher.report import junit
from patcher.report.diagnosed import Diagnosed, results


def render(report: Diagnosed) -> str:
    """Return a suite; without failures one test passes."""
    suite = junit.suite_of(report.problems)
    for one in results(report):
        place = (one.where.path, one.where.line) if one.where else None
        # no count: the history of a test is found by its name
        case = junit.case_of(suite, brief(one.name), one.rule, place)
        told = (f"{name}: {brief(text)}" for name, text in one.facts)
        junit.fail(case, report.severity, one.title, [brief(one.title), *told])
    return junit.document(suite, "no failures")
