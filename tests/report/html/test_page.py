"""The page: one file that asks the network for nothing, whole, linked, and within its bounds."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
from dataclasses import replace

import pytest

from patcher.engine.outcome import Change, Fixed, Held, Outcome
from patcher.errors import UserError
from patcher.finding import Fix, NoFix, Safety
from patcher.report.entries import Report, StackView, entries_of
from patcher.report.html import render
from patcher.report.html.diff import MOST_FOLDED, MOST_ROWS
from patcher.report.html.findings import MOST_FINDINGS
from patcher.report.html.sections import MOST_STACKS
from patcher.text import Source
from tests.report.html.pages import checked, hanna, page_of, report_of, stacked
from tests.report.reports import finding
from tests.stack.compose_texts import stack
from tests.stacks import stack_of

REPORT = hanna()
PAGE = page_of(REPORT)
SMALL = "services:\n  app: {image: x, depends_on: [db]}\n  db: {image: redis:7}\n"


def hash_of(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def test_the_policy_allows_our_own_style_and_script_alone() -> None:
    policy = next(one for one in PAGE.all("meta") if "http-equiv" in one.attributes)
    assert policy.attributes["http-equiv"] == "Content-Security-Policy"
    assert policy.attributes["content"] == (
        f"default-src 'none'; style-src '{hash_of(PAGE.one('style').text)}'; "
        f"script-src '{hash_of(PAGE.one('script').text)}'; base-uri 'none'; form-action 'none'"
    )


def test_nothing_is_fetched_and_nothing_leads_out() -> None:
    for element in PAGE.elements:
        assert element.name not in ("link", "img", "iframe", "object", "embed", "base")
        assert element.attributes.keys().isdisjoint({"src", "srcset", "style", "action", "ping"})
        assert not any(name.startswith("on") for name in element.attributes)
        assert element.attributes.get("href", "#").startswith("#")
    assert "@import" not in PAGE.one("style").text
    assert "url(" not in PAGE.one("style").text


def test_ids_are_unique_and_every_reference_leads_to_one() -> None:
    ids = [one.attributes["id"] for one in PAGE.elements if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    for element in PAGE.elements:
        for name in ("aria-labelledby", "aria-describedby", "href"):
            if name in element.attributes:
                assert element.attributes[name].removeprefix("#") in ids


def test_landmarks_and_headings() -> None:
    assert [len(PAGE.all(name)) for name in ("header", "nav", "main", "footer", "h1")] == [1] * 5
    levels = [int(one.name[1]) for one in PAGE.elements if re.fullmatch(r"h[1-6]", one.name)]
    dialog = levels.index(1)
    assert dialog == 0
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_every_finding_has_evidence_and_what_became_of_it() -> None:
    cards = PAGE.all("article", "finding")
    assert len(cards) == len(REPORT.entries) == 18
    for card, entry in zip(cards, REPORT.entries, strict=True):
        found = entry.finding
        assert found.rule in card.text
        assert found.message.replace("`", "") in card.text
        assert found.evidence.replace("`", "") in card.text
        if entry.direct and isinstance(found.remedy, Fix):
            assert found.remedy.next_up.replace("`", "") in card.text


def test_what_the_next_up_does_is_told_once() -> None:
    told = PAGE.one("ul", "next").text
    assert told.count("recreates db, which then reports its health") == 1
    assert "runs python manage.py migrate --noinput in migrate" in told


def test_pictures_have_a_table_that_says_the_same() -> None:
    drawn = [one for one in PAGE.all("svg") if "role" in one.attributes]
    assert len(drawn) == 4
    assert [one.attributes["aria-label"] for one in drawn] == [
        "Before: 14 waits broken, 5 services with a fault",
        "After: nothing broken",
        "Before: 3 lookups broken",
        "After: nothing broken",
    ]
    tables = {
        one.attributes["id"]: one.text for one in PAGE.all("details") if "id" in one.attributes
    }
    assert [one.attributes["aria-describedby"] in tables for one in drawn] == [True] * 4
    assert "celery_beatredisstarted" in tables["s0-start0-table"]
    assert "celery_beatmigratecompleted" in tables["s0-start1-table"]


def test_broken_edges_are_marked_before_and_not_after() -> None:
    drawn = re.findall(r'(?s)<svg role="img".*?</svg>', PAGE.source)
    counts = [len(re.findall(r'class="edge [\w ]*broken"', one)) for one in drawn]
    assert counts == [10, 0, 1, 0]
    assert [one.count('class="cross"') for one in drawn] == counts


def test_the_changed_lines_are_there_on_both_sides() -> None:
    cells = [one.text for one in PAGE.all("td", "new")]
    assert "resolver 127.0.0.11 valid=60s ipv6=off;" in cells
    old = [one.text for one in PAGE.all("td", "old")]
    assert "resolver 127.0.0.11 8.8.8.8 8.8.4.4 1.1.1.1 valid=30s ipv6=off;" in old
    marked = [one.text for one in PAGE.all("mark")]
    assert "8.8.8.8 8.8.4.4 1.1.1.1 " in marked


def test_places_lead_to_their_line() -> None:
    links = {one.text: one.attributes["href"] for one in PAGE.all("a") if ":" in one.text}
    row = next(
        one
        for one in PAGE.all("tr")
        if f"#{one.attributes.get('id')}" == links["docker-compose.yml:16"]
    )
    assert row.text.startswith("16  redis:")


def test_the_page_is_small_and_the_same_each_time() -> None:
    assert len(render(REPORT).encode()) < 400_000
    assert render(REPORT) == PAGE.source


def test_held_and_left_come_first_with_their_reasons() -> None:
    fix = Fix("do it", (), "recreates", Safety.SAFE)
    outcome = Outcome(
        (),
        (),
        (Held(finding(fix, rule="resolver-cache"), "local", "a comment is lost"),),
        (
            finding(NoFix("nobody knows", "ask")),
            finding(replace(fix, safety=Safety.UNSAFE, why="more")),
        ),
    )
    one = stack(SMALL)
    page = page_of(report_of(StackView("", one, entries_of(outcome, {}), outcome)))
    held, left, unsafe = page.all("article", "finding")
    assert "local: a comment is lost" in held.text
    assert "nobody knows" in left.text
    assert "ask" in left.text
    assert "fix with --unsafe" in unsafe.text
    assert "more" in unsafe.text
    assert not page.all("ul", "next")


def test_unsafe_fixes_say_what_to_take_care_of() -> None:
    fix = Fix("do it", (), "recreates", Safety.UNSAFE, "more may change")
    outcome = Outcome(fixed=(Fixed(finding(fix), 1),))
    page = page_of(report_of(StackView("", stack(SMALL), entries_of(outcome, {}), outcome)))
    told = page.one("main").text
    assert "Some fixes are unsafe" in told
    assert "do it: more may change" in told
    assert "Every fix is safe" in PAGE.one("main").text


def test_check_shows_the_stack_as_it_is() -> None:
    page = page_of(checked(stack(SMALL)))
    assert next(one.text for one in page.all("figcaption")).startswith("Now")
    assert {one.attributes["class"] for one in page.all("article")} == {"finding found"}
    assert not page.all("section", "file")
    assert "What the next" not in page.one("main").text


def test_a_picture_of_nothing_says_so() -> None:
    page = page_of(checked(stack("services:\n  app: {image: x}\n")))
    captions = [one.text for one in page.all("figcaption")]
    assert captions == ["Now", "Now"]
    told = [one.text for one in page.all("figure")]
    assert "No service waits for another." in told[0]
    assert "Waits for nothing, and nothing waits for it: app." in told[0]
    assert "No nginx file that could be read hands requests to a host." in told[1]


def test_nothing_to_fix() -> None:
    page = page_of(report_of(stacked(stack("services:\n  app: {image: x, network_mode: host}\n"))))
    assert "Nothing is found" in page.one("main").text
    assert next(one.text for one in page.all("li", "tile")) == "0 fixed"


def test_what_could_not_be_read_is_told() -> None:
    problem = UserError("not valid", todo="mend it", path="a.yml", line=3)
    page = page_of(report_of(stacked(stack(SMALL)), problems=(problem,)))
    assert "a.yml:3: not valid; mend it" in page.one("section", "problems").text


def test_several_stacks_have_their_own_parts() -> None:
    page = page_of(report_of(stacked(stack(SMALL), "a"), stacked(stack(SMALL), "b")))
    headings = [one.text for one in page.all("h2")]
    assert [one for one in headings if one.startswith("Stack")] == ["Stack a", "Stack b"]
    assert [one.text.split("/")[0] for one in page.all("span", "path")] == ["a", "b"]
    assert len(page.all("ul", "next")) == 2
    assert [one.attributes["href"] for one in page.all("a") if one.text == "Stacks"] == ["#stack-0"]


def test_stacks_are_bounded() -> None:
    many = [
        replace(stacked(stack(SMALL)), folder=f"s{number}") for number in range(MOST_STACKS + 3)
    ]
    page = page_of(replace(report_of(many[0]), views=tuple(many)))
    assert "3 further stacks left out" in page.one("main").text


def test_findings_are_bounded_and_the_rest_is_counted() -> None:
    left = tuple(finding(NoFix("no")) for _ in range(MOST_FINDINGS + 5))
    outcome = Outcome(left=left)
    page = page_of(report_of(StackView("", stack(SMALL), entries_of(outcome, {}), outcome)))
    assert len(page.all("article")) == MOST_FINDINGS
    assert "resolver-mixed, left: 5" in page.one("main").text


@pytest.mark.parametrize(
    ("lines", "told"),
    [(MOST_ROWS + 50, "further lines left out"), (MOST_FOLDED + 100, "lines left out here")],
)
def test_long_files_are_bounded(lines: int, told: str) -> None:
    text = "".join(f"# {number}\n" for number in range(lines))
    before = Source("compose.yaml", text + SMALL)
    one = stack_of({before.path: before})
    outcome = Outcome((Change(before, before.with_text(f"# new\n{before.text}")),))
    page = page_of(report_of(StackView("", one, (), outcome)))
    assert told in page.one("main").text
    assert len(page.all("tr")) < MOST_ROWS + 100


def test_a_report_without_a_stack_is_a_page() -> None:
    assert "Review" in page_of(Report(())).one("h1").text
