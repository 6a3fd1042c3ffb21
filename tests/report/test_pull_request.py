"""The body of a pull request: what it tells, that it stays short, and that all text is text."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from patcher.engine.fix import fix
from patcher.engine.statement import Statement, Status
from patcher.finding import Fix, Location, NoFix
from patcher.report.entries import Report, StackView, entries_of
from patcher.report.pull_request import LIMIT, Commits, body
from patcher.rules import chosen_rules
from patcher.text import Span
from tests.report.pictured import COMPOSE, NGINX
from tests.report.reports import EDIT, HOSTILE, came_to, finding
from tests.stack.compose_texts import stack

ONE = Commits("b" * 40, ("c" * 40,))
HEADINGS = [
    "Why",
    "Evidence",
    "Start order",
    "What the next `docker compose up -d` does",
    "How to roll back",
    "Left to you",
]


@pytest.fixture(scope="module")
def report() -> Report:
    one = stack(COMPOSE, {"default.conf": NGINX})
    outcome = fix(one, chosen_rules((), ()))
    assert outcome.fixed
    assert outcome.left
    entries = entries_of(outcome, {})
    view = StackView("", one, entries, outcome)
    return Report(entries, (), outcome, views=(view,))


def headings(text: str) -> list[str]:
    return re.findall(r"(?m)^### (.*)$", text)


def test_tells_what_a_reviewer_asks(report: Report) -> None:
    text = body(report, ONE)
    assert headings(text) == HEADINGS
    first = text.split("\n")[0]
    assert first.endswith("documented faults are fixed in `compose.yaml`, `default.conf`.")
    assert "| resolver-mixed | nginx looks service names up at name servers" in text
    assert "- **resolver-mixed** `default.conf:1`: " in text
    assert "  - evidence: `resolver 127.0.0.11 8.8.8.8" in text
    assert text.count("```mermaid\nflowchart LR\n") == 2
    assert "Before:\n" in text
    assert "After:\n" in text
    assert "- recreates `db`, which then reports its health (missing-healthcheck)\n" in text
    assert "git revert --no-edit cccccccccccc  #" in text
    assert "docker compose up -d --remove-orphans" in text


def test_is_the_same_over_runs(report: Report) -> None:
    assert body(report, ONE) == body(report, ONE)


def test_several_commits_are_reverted_as_a_range(report: Report) -> None:
    text = body(report, Commits("b" * 40, ("c" * 40, "d" * 40)))
    assert "git revert --no-edit bbbbbbbbbbbb..dddddddddddd  #" in text


def test_tells_what_is_held_left_and_not_read() -> None:
    text = body(came_to(), ONE)
    assert headings(text)[-3:] == ["Left to you", "Held back by a gate", "Not read"]
    assert "  - held by gate: local: a comment is lost\n" in text
    assert "  - no fix: nobody knows\n  - by hand: ask\n" in text
    assert "- a.yml:3:1: not valid; mend it\n" in text
    assert "Start order" not in text


def test_of_an_unsafe_fix_it_tells_what_to_take_care_of() -> None:
    assert "  - take care: careful\n" in body(came_to(), ONE)


def test_tells_what_the_real_programs_said() -> None:
    base = came_to()
    assert base.outcome is not None
    said = Statement("nginx", "1.27.0", "web", Status.PROVEN, "passes <b>")
    text = body(replace(base, outcome=replace(base.outcome, proof=(said,))), ONE)
    assert "### Proof\n\n- **proven** nginx 1.27.0, web: passes \\<b\\>\n" in text
    assert "### Proof" not in body(base, ONE)


def test_stays_within_the_limit(report: Report) -> None:
    many = replace(report, entries=report.entries * 400)
    text = body(many, ONE)
    assert len(text) <= LIMIT
    assert re.search(r"\n- and \d+ more, in the commit's message\n", text)
    assert "### How to roll back" in text


def hostile() -> Report:
    place = Location(f"a b{HOSTILE}/\u00e9.yml", 2, 3, Span(12, 15), ("services", HOSTILE))
    base = came_to()
    assert base.outcome is not None
    changed = replace(
        finding(Fix(HOSTILE, (EDIT,), HOSTILE), message=HOSTILE, place=place), evidence=HOSTILE
    )
    left = finding(NoFix(HOSTILE, HOSTILE), message=HOSTILE, place=place)
    outcome = replace(
        base.outcome,
        fixed=tuple(replace(one, finding=changed) for one in base.outcome.fixed),
        held=tuple(replace(one, finding=changed, saw=HOSTILE) for one in base.outcome.held),
        left=(left,),
    )
    return Report(entries_of(outcome, {}), base.problems, outcome)


def test_text_of_the_repository_is_text() -> None:
    text = body(hostile(), ONE)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u202e]", text)
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    assert "<a " not in html
    assert "<img" not in html
    assert not re.search(r"@all", re.sub(r"<code>.*?</code>", "", html))
