"""Counts by rule."""

from __future__ import annotations

from patcher.report import statistics, text
from patcher.report.style import Paint
from tests.report.reports import FIX, NO_FIX, came_to, checked, finding

FOUND = (finding(FIX, rule="resolver-cache"), finding(FIX), finding(NO_FIX))


def test_what_check_found_most_first() -> None:
    assert statistics.table(checked(*FOUND)) == (
        "rule            findings  with a fix\n"
        "resolver-mixed         2           1\n"
        "resolver-cache         1           1\n"
        "\n"
    )


def test_what_became_of_the_findings() -> None:
    assert text.told(came_to(statistics=True), Paint(on=False)) == (
        "rule            fixed  held  left\n"
        "resolver-mixed      0     1     1\n"
        "resolver-cache      1     0     0\n"
        "\n"
        "1 fixed, 1 held, 1 left (2 files)\n"
    )


def test_nothing_is_no_table() -> None:
    assert statistics.table(checked()) == ""
