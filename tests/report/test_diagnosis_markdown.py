"""A diagnosis in Markdown: for a job's page within its limit, and a log's text as text."""

from __future__ import annotations

import re
from dataclasses import replace

from patcher.report import diagnosis_markdown
from tests.report.diagnoses import KNOWN, NOWHERE, diagnosed, hostile

COUNTS = "| kind | failures | groups |\n| --- | ---: | ---: |\n"


def test_a_summary_has_a_heading_and_beyond_the_limit_counts_alone() -> None:
    report = diagnosed(NOWHERE, KNOWN)
    heading = "## hanna-fix: 3 failures in 2 groups\n\n"
    whole = diagnosis_markdown.summary(report, 1_000_000)
    assert whole == heading + diagnosis_markdown.render(report)
    counts = f"{COUNTS}| not-resolved | 2 | 1 |\n| no-resolver | 1 | 1 |\n"
    assert diagnosis_markdown.summary(report, len(whole) - 1) == heading + counts


def test_statistics_are_counts_in_place_of_causes() -> None:
    told = diagnosis_markdown.render(replace(diagnosed(KNOWN), statistics=True))
    assert told == f"{COUNTS}| not-resolved | 2 | 1 |\n\n2 failures in 1 group  \nbegin with: " + (
        "hanna-fix check --select resolver-mixed\n"
    )


def test_text_of_a_log_is_no_markup() -> None:
    told = diagnosis_markdown.render(hostile())
    assert all(char.isprintable() or char == "\n" for char in told.replace("\ufffe", ""))
    bare = re.sub(r"(?<![\\`])(`+)(?!`).+?(?<!`)\1(?!`)", "", told)  # code spans are inert
    for active in ("</failure>", "[x](", "://", "@all"):
        assert active not in bare
