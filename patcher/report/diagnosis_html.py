"""A diagnosis as a self-contained page, in the frame of the review page."""

from __future__ import annotations

from typing import Final

from patcher.diagnose.diagnosis import Diagnosis
from patcher.report.diagnosed import Diagnosed, Result, results
from patcher.report.diagnosis import NO_STACK, begin_with
from patcher.report.diagnosis_lines import Depth, Line, tables, times
from patcher.report.html import summary
from patcher.report.html.frame import framed
from patcher.report.html.markup import EMPTY, Html, join, prose, tag
from patcher.report.text import count

_CARE: Final = "The page holds names and addresses of the log; treat it as you treat the log."
_MOST_GROUPS: Final = 400
_LINKS: Final = (("failures", "Failures"), ("databases", "Databases"))


def render(report: Diagnosed) -> str:
    """Return the page; the same report always gives the same text."""
    diagnosis = report.diagnosis
    parts = {
        "failures": _failures(results(report)),
        "databases": _databases(diagnosis),
    }
    links = [tag("a", text, href=f"#{name}") for name, text in _LINKS if parts[name].text]
    body = [_tiles(diagnosis), summary.problems(report.problems), _begin(diagnosis)]
    return framed("Diagnosis", join(links), [*body, *parts.values()], _CARE)


def _tiles(diagnosis: Diagnosis) -> Html:
    counts = [("failure", diagnosis.total), ("group", len(diagnosis.explained))]
    tiles = [summary.tile(name + "s" * (number != 1), number, "found") for name, number in counts]
    return tag("ul", join(tiles), class_="tiles")


def _begin(diagnosis: Diagnosis) -> Html:
    if not diagnosis.total:
        return EMPTY
    told = EMPTY if diagnosis.has_stack else tag("p", f"{NO_STACK.capitalize()}.")
    what, _, command = begin_with(diagnosis).partition(": ")
    begin = tag("p", f"{what.capitalize()}: ", tag("code", command)) if command else EMPTY
    return told + begin


def _failures(found: tuple[Result, ...]) -> Html:
    if not found:
        return tag("p", "The log tells of no failures.")
    cards = [_card(one, f"failure-{number}") for number, one in enumerate(found[:_MOST_GROUPS], 1)]
    more = len(found) - _MOST_GROUPS
    if more > 0:
        told = f"{count(more, 'further group')} left out: --format json tells every one"
        cards.append(tag("p", told, class_="cut"))
    return _section("failures", "What failed", join(cards))


def _card(one: Result, name: str) -> Html:
    chips = [
        tag("span", times(one.count), class_="chip bad"),
        tag("code", one.rule, class_="rule"),
    ]
    where = tag("p", f"{one.where.path}:{one.where.line}", class_="places") if one.where else EMPTY
    return tag(
        "article",
        tag("p", join(chips), class_="chips"),
        tag("h3", prose(one.name), id=f"{name}-title"),
        where,
        tag("dl", join([_row(line) for line in one.lines])) if one.lines else EMPTY,
        id=name,
        class_="finding held",
        tabindex=-1,
        aria_labelledby=f"{name}-title",
    )


def _row(line: Line) -> Html:
    is_cause = line.depth is Depth.CAUSE
    words = prose(line.words)
    return tag("dt", line.about) + tag("dd", tag("strong", words) if is_cause else words)


def _databases(diagnosis: Diagnosis) -> Html:
    if not diagnosis.databases:
        return EMPTY
    listed = [tag("li", tag("code", one.service), " ", tables(one)) for one in diagnosis.databases]
    return _section("databases", "Databases, as they are now", tag("ul", join(listed)))


def _section(name: str, heading: str, body: Html) -> Html:
    title = tag("h2", heading, id=f"{name}-title")
    return tag("section", title, body, id=name, aria_labelledby=f"{name}-title")
