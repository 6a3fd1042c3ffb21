"""A diagnosis as a page: the frame of the review page, and nothing of the log acts in it."""

from __future__ import annotations

from patcher.diagnose.diagnosis import Diagnosis
from patcher.report import diagnosis_html
from patcher.report.diagnosed import Diagnosed
from patcher.report.html import render
from tests.report.diagnoses import KNOWN, NOWHERE, diagnosed, explained, group, hostile
from tests.report.html.pages import Page, hanna, hidden


def page(report: Diagnosed) -> Page:
    return Page(diagnosis_html.render(report))


def test_a_group_is_a_card_with_its_causes() -> None:
    first, second = page(diagnosed(KNOWN, NOWHERE)).all("article", "finding")
    for told in ("2 times", "nginx/not-resolved", "compose.yaml:2", "most likely", "two servers"):
        assert told in first.text
    assert "once" in second.text


def test_it_has_the_policy_and_style_of_the_review_page() -> None:
    ours, review = page(diagnosed(KNOWN)), Page(render(hanna()))
    for one in (ours, review):
        (policy,) = [
            meta.attributes["content"]
            for meta in one.all("meta")
            if "http-equiv" in meta.attributes
        ]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert ours.one("style").text == review.one("style").text
    assert ours.one("script").text == review.one("script").text
    assert "next, previous change" not in ours.source
    assert "unfold or fold" not in ours.source
    ids = {one.attributes["id"] for one in ours.elements if "id" in one.attributes}
    links = [one.attributes["href"] for one in ours.all("a")]
    assert links
    assert {link.removeprefix("#") for link in links} <= ids


def test_without_failures_and_without_a_stack() -> None:
    empty = Diagnosed(Diagnosis((), 0, 0, has_stack=False))
    assert "The log tells of no failures." in page(empty).one("main").text
    alone = Diagnosed(Diagnosis((explained(group()),), 0, 2, has_stack=False))
    assert "No compose file was read" in page(alone).one("main").text


def test_very_many_groups_are_cut() -> None:
    shown = page(diagnosed(*[NOWHERE] * 402))
    assert len(shown.all("article")) == 400
    assert "2 further groups left out" in shown.one("main").text


def test_nothing_of_a_log_is_markup_or_hidden() -> None:
    shown = page(hostile())
    plain = Page(diagnosis_html.render(diagnosed(KNOWN)))
    lists = {"section", "h2", "ul", "li", "span"}  # of databases, problems, and what is hidden
    assert {one.name for one in shown.elements} <= {one.name for one in plain.elements} | lists
    assert not hidden(shown.source)
    assert all(one.attributes["href"].startswith("#") for one in shown.all("a"))
    assert "[x](http://e.vil)" in shown.one("main").text
    assert "Databases, as they are now" in shown.one("main").text
