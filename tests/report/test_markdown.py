"""The Markdown report: what a reviewer needs, and nothing that the repository made up."""

from __future__ import annotations

from patcher.report import markdown
from tests.report.reports import FIX, PROBLEM, came_to, checked, finding, hostile
from tests.report.test_markup import html


def test_findings_with_their_remedy() -> None:
    assert markdown.render(checked(finding(FIX))) == (
        "## hanna-fix: 1 finding, 1 with a fix\n"
        "\n"
        "### Findings\n"
        "\n"
        "- **resolver-mixed** (error) `compose.yaml:2:3`: it is bad\n"
        "  - evidence: seen\n"
        "  - fix with --unsafe: do it\n"
        "  - take care: careful\n"
    )


def test_an_outcome_in_parts_and_its_diff() -> None:
    text = markdown.render(came_to())
    headings = [line for line in text.splitlines() if line.startswith("#")]
    assert headings == [
        "## hanna-fix: 1 fixed, 1 held, 1 left (2 files)",
        "### Not read",
        "### Fixed",
        "### Held back",
        "### Left to you",
    ]
    assert "- a.yml:3:1: not valid; mend it\n" in text
    assert "```diff\ndiff --git a/compose.yaml b/compose.yaml\n" in text
    assert text.endswith("```\n\n</details>\n")


def test_statistics_are_a_table() -> None:
    text = markdown.render(came_to(statistics=True))
    assert "| rule | fixed | held | left |\n| --- | ---: | ---: | ---: |\n" in text
    assert "| resolver-mixed | 0 | 1 | 1 |\n" in text
    assert "### Fixed" not in text


def test_a_summary_that_is_too_long_has_the_counts_alone() -> None:
    whole = markdown.render(came_to())
    assert markdown.summary(came_to(), len(whole.encode())) == whole
    short = markdown.summary(came_to(), 200)
    assert "| resolver-mixed | 0 | 1 | 1 |\n" in short
    assert "it is bad" not in short


def test_text_of_a_repository_stays_text() -> None:
    shown = html(markdown.render(hostile()))
    assert "<a " not in shown
    assert "</failure>" not in shown
    assert "\x1b" not in shown


def test_a_problem_alone() -> None:
    assert "### Not read\n" in markdown.render(checked(problems=(PROBLEM,)))
