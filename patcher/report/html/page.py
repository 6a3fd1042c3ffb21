"""The review page put together: one self-contained HTML file that asks the network for nothing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from importlib.resources import files
from string import Template
from typing import Final

from patcher import __version__
from patcher.report.entries import Entry, Report, Stacked, State
from patcher.report.html import diff, summary
from patcher.report.html.findings import findings
from patcher.report.html.markup import EMPTY, Html, escaped, join, prose, tag
from patcher.report.html.pictures import Moment, pictures
from patcher.report.text import count

MOST_STACKS: Final = 40
"""How many stacks of one run are shown; the rest is counted."""


def render(report: Report) -> str:
    """Return the page; the same report always gives the same text."""
    changes = report.outcome.changes if report.outcome else ()
    style, script = _resource("page.css"), _resource("page.js")
    anchors = diff.anchors(changes)
    sections = [
        _stack(number, one, anchors, alone=len(report.stacks) == 1)
        for number, one in enumerate(report.stacks[:MOST_STACKS])
    ]
    upcoming = summary.next_up(report.entries)
    values: dict[str, Html] = {
        "title": escaped(_title(report.stacks)),
        "policy": escaped(_policy(style, script)),
        "style": Html(style),
        "script": Html(script),
        "version": escaped(__version__),
        "tiles": summary.tiles(report.entries, len(changes)),
        "problems": summary.problems(report.problems),
        "safety": summary.safety(report.entries),
        "next": _section("next", "What the next `up` does", upcoming),
        "stacks": join([*sections, _more_stacks(len(report.stacks) - MOST_STACKS)]),
        "changes": _section("changes", "Changes", diff.files(changes)),
        "links": _links(has_next=bool(upcoming.text), has_changes=bool(changes)),
    }
    template = Template(_resource("page.html"))
    return template.substitute({name: value.text for name, value in values.items()})


def _states(one: Stacked) -> list[Moment]:
    """Return the stack now; and, where something changes, before and after."""
    if one.outcome is None:
        return [Moment("Now", one.stack, one.found)]
    remaining = (*(held.finding for held in one.outcome.held), *one.outcome.left)
    before = (*(fixed.finding for fixed in one.outcome.fixed), *remaining)
    if not one.outcome.changes:
        return [Moment("Now", one.stack, before)]
    after = one.stack.patched({change.after.path: change.after for change in one.outcome.changes})
    return [Moment("Before", one.stack, before), Moment("After", after, remaining)]


def _resource(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Return the content security policy: our own style and script, by their hashes, and no more.

    Source: https://www.w3.org/TR/CSP3/#match-element-to-source-list
    """
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


def _title(stacks: Sequence[Stacked]) -> str:
    if len(stacks) != 1:
        return f"Review of {count(len(stacks), 'stack')}"
    one = stacks[0]
    name = one.folder or one.stack.request.directory
    return f"Review of {name}" if name else "Review"


def _section(name: str, heading: str, body: Html) -> Html:
    if not body.text:
        return EMPTY
    title = tag("h2", prose(heading), id=f"{name}-title")
    return tag("section", title, body, id=name, aria_labelledby=f"{name}-title")


def _stack(number: int, one: Stacked, anchors: diff.Anchors, *, alone: bool) -> Html:
    prefix = f"s{number}-"
    drawn = tag("h3", "Pictures", id=f"{prefix}pictures") + pictures(_states(one), prefix)
    told = tag("h3", "Findings", id=f"{prefix}findings")
    cards = findings(_by_need(one.entries), anchors, f"{prefix}finding-")
    heading = "The stack" if alone else f"Stack {one.folder or '.'}"
    return _section(f"stack-{number}", heading, drawn + told + cards)


def _by_need(entries: Sequence[Entry]) -> list[Entry]:
    """Return entries with those that need a person first."""
    order = (State.FOUND, State.HELD, State.LEFT, State.FIXED)
    return sorted(entries, key=lambda one: order.index(one.state))


def _more_stacks(more: int) -> Html:
    if more <= 0:
        return EMPTY
    return tag("p", f"{count(more, 'further stack')} left out: name one with -C", class_="cut")


def _links(*, has_next: bool, has_changes: bool) -> Html:
    links = [
        ("next", "Next up", has_next),
        ("s0-pictures", "Pictures", True),
        ("s0-findings", "Findings", True),
        ("changes", "Changes", has_changes),
    ]
    return join([tag("a", text, href=f"#{name}") for name, text, is_there in links if is_there])
