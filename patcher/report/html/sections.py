"""The parts of the page with a heading of their own: one for each stack, and those around them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from patcher.report.entries import Entry, Report, StackView, State
from patcher.report.html import diff, summary
from patcher.report.html.findings import findings
from patcher.report.html.markup import EMPTY, Html, join, prose, tag
from patcher.report.html.pictures import pictures
from patcher.report.moments import moments
from patcher.report.text import count

MOST_STACKS: Final = 40
"""How many stacks of one run are shown; the rest is counted."""

_NEXT: Final = "What the next `up` does"
_ORDER: Final = (State.FOUND, State.HELD, State.LEFT, State.FIXED)


def next_up(report: Report) -> Html:
    """Return what the next `up` does; nothing for several stacks, which each tell it."""
    told = summary.next_up(report.entries) if len(report.views) == 1 else EMPTY
    return _section("next", _NEXT, told)


def changes(report: Report) -> Html:
    """Return the changed files side by side."""
    changed = report.outcome.changes if report.outcome else ()
    return _section("changes", "Changes", diff.files(changed))


def stacks(report: Report) -> Html:
    """Return the pictures and findings of every stack, up to a bound."""
    anchors = diff.anchors(report.outcome.changes if report.outcome else ())
    shown = report.views[:MOST_STACKS]
    alone = len(report.views) == 1
    parts = [_stack(number, one, anchors, alone=alone) for number, one in enumerate(shown)]
    more = len(report.views) - len(shown)
    if more:
        told = f"{count(more, 'further stack')} left out: name one with -C"
        parts.append(tag("p", told, class_="cut"))
    return join(parts)


def links(report: Report) -> Html:
    """Return the links to the parts that the page has."""
    changed = bool(report.outcome and report.outcome.changes)
    alone = len(report.views) == 1
    parts = [
        ("next", "Next up", bool(next_up(report).text)),
        ("s0-pictures", "Pictures", alone),
        ("s0-findings", "Findings", alone),
        ("stack-0", "Stacks", len(report.views) > 1),
        ("changes", "Changes", changed),
    ]
    return join([tag("a", text, href=f"#{name}") for name, text, is_there in parts if is_there])


def _section(name: str, heading: str, body: Html) -> Html:
    if not body.text:
        return EMPTY
    title = tag("h2", prose(heading), id=f"{name}-title")
    return tag("section", title, body, id=name, aria_labelledby=f"{name}-title")


def _stack(number: int, one: StackView, anchors: diff.Anchors, *, alone: bool) -> Html:
    prefix = f"s{number}-"
    upcoming = EMPTY if alone else summary.next_up(one.entries)
    parts = [
        tag("h3", prose(_NEXT)) + upcoming if upcoming.text else EMPTY,
        tag("h3", "Pictures", id=f"{prefix}pictures") + pictures(moments(one), prefix),
        tag("h3", "Findings", id=f"{prefix}findings"),
        findings(_by_need(one.entries), anchors, f"{prefix}finding-"),
    ]
    heading = "The stack" if alone else f"Stack {one.folder or '.'}"
    return _section(f"stack-{number}", heading, join(parts))


def _by_need(entries: Sequence[Entry]) -> list[Entry]:
    """Return entries with those that need a person first."""
    return sorted(entries, key=lambda one: _ORDER.index(one.state))
