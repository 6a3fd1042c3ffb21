"""The review page put together: one self-contained HTML file that asks the network for nothing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from string import Template
from typing import Final

from patcher import __version__
from patcher.engine.many import merged, moved
from patcher.engine.outcome import Outcome
from patcher.errors import UserError
from patcher.finding import Finding
from patcher.report.html import diff, summary
from patcher.report.html.findings import findings
from patcher.report.html.items import Item, found_items, items_of
from patcher.report.html.markup import EMPTY, Html, escaped, join, prose, tag
from patcher.report.html.pictures import State, pictures
from patcher.report.text import count
from patcher.stack.stack import Stack

MOST_STACKS: Final = 40
"""How many stacks of one run are shown; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Review:
    """One stack to be shown: as read, and what became of it; `folder` is where it lies.

    `outcome` is None for `check`, which changes nothing: `found` then holds its findings.
    """

    folder: str
    stack: Stack
    outcome: Outcome | None = None
    found: tuple[Finding, ...] = ()

    @property
    def items(self) -> list[Item]:
        """The findings, paths told from where we look."""
        if self.outcome is None:
            return found_items(self.found)
        return items_of(moved(self.outcome, self.folder))

    @property
    def states(self) -> list[State]:
        """The stack now; and, where something changes, before and after."""
        if self.outcome is None:
            return [State("Now", self.stack, self.found)]
        remaining = (*(one.finding for one in self.outcome.held), *self.outcome.left)
        before = (*(one.finding for one in self.outcome.fixed), *remaining)
        if not self.outcome.changes:
            return [State("Now", self.stack, before)]
        after = self.stack.patched({one.after.path: one.after for one in self.outcome.changes})
        return [State("Before", self.stack, before), State("After", after, remaining)]


def page(reviews: Sequence[Review], problems: Sequence[UserError] = ()) -> str:
    """Return the page; the same input always gives the same text."""
    changes = merged(moved(one.outcome, one.folder) for one in reviews if one.outcome).changes
    every = [item for one in reviews for item in one.items]
    style, script = _resource("page.css"), _resource("page.js")
    anchors = diff.anchors(changes)
    sections = [
        _stack(number, one, anchors, alone=len(reviews) == 1)
        for number, one in enumerate(reviews[:MOST_STACKS])
    ]
    upcoming = summary.next_up(every)
    values: dict[str, Html] = {
        "title": escaped(_title(reviews)),
        "policy": escaped(_policy(style, script)),
        "style": Html(style),
        "script": Html(script),
        "version": escaped(__version__),
        "tiles": summary.tiles(every, len(changes)),
        "problems": summary.problems(problems),
        "safety": summary.safety(every),
        "next": _section("next", "What the next `up` does", upcoming),
        "stacks": join([*sections, _more_stacks(len(reviews) - MOST_STACKS)]),
        "changes": _section("changes", "Changes", diff.files(changes)),
        "links": _links(has_next=bool(upcoming.text), has_changes=bool(changes)),
    }
    template = Template(_resource("page.html"))
    return template.substitute({name: value.text for name, value in values.items()})


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


def _title(reviews: Sequence[Review]) -> str:
    if len(reviews) != 1:
        return f"Review of {count(len(reviews), 'stack')}"
    one = reviews[0]
    name = one.folder or one.stack.request.directory
    return f"Review of {name}" if name else "Review"


def _section(name: str, heading: str, body: Html) -> Html:
    if not body.text:
        return EMPTY
    title = tag("h2", prose(heading), id=f"{name}-title")
    return tag("section", title, body, id=name, aria_labelledby=f"{name}-title")


def _stack(number: int, review: Review, anchors: diff.Anchors, *, alone: bool) -> Html:
    prefix = f"s{number}-"
    drawn = tag("h3", "Pictures", id=f"{prefix}pictures") + pictures(review.states, prefix)
    told = tag("h3", "Findings", id=f"{prefix}findings")
    cards = findings(review.items, anchors, f"{prefix}finding-")
    heading = "The stack" if alone else f"Stack {review.folder or '.'}"
    return _section(f"stack-{number}", heading, drawn + told + cards)


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
