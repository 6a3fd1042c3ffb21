"""The findings as cards: what, where, the evidence, and what became of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from patcher.finding import Location
from patcher.report.html.diff import Anchors
from patcher.report.html.items import Item, Status
from patcher.report.html.markup import EMPTY, Html, escaped, join, prose, tag
from patcher.report.text import count

MOST_FINDINGS: Final = 400
"""How many findings of one stack are shown in full; the rest is counted by rule."""

_MOST_PLACES: Final = 8
_HEADINGS: Final = {
    Status.HELD: "Held back by a gate",
    Status.LEFT: "Left to a person",
    Status.FIXED: "Fixed",
    Status.FOUND: "Found",
}


def findings(items: Sequence[Item], anchors: Anchors, prefix: str) -> Html:
    """Return the findings, those of one status under one heading; `prefix` begins their ids."""
    if not items:
        return tag("p", "Nothing is found: there is nothing to fix.")
    numbered = list(enumerate(items[:MOST_FINDINGS], start=1))
    groups = []
    for status, heading in _HEADINGS.items():
        cards = [
            _card(one, anchors, f"{prefix}{number}")
            for number, one in numbered
            if one.status is status
        ]
        if cards:
            total = sum(one.status is status for one in items)
            groups.append(tag("h4", f"{heading} ({total})") + join(cards))
    return join([*groups, _rest(items[MOST_FINDINGS:])])


def _rest(items: Sequence[Item]) -> Html:
    if not items:
        return EMPTY
    counts = Counter((one.finding.rule, one.status.value) for one in items)
    rows = [tag("li", f"{rule}, {status}: {number}") for (rule, status), number in counts.items()]
    told = f"{count(len(items), 'further finding')}, by rule; `hanna-fix check` lists every one:"
    return tag("p", prose(told), class_="cut") + tag("ul", join(rows))


def _card(item: Item, anchors: Anchors, name: str) -> Html:
    finding = item.finding
    severity = finding.severity.name.lower()
    chips = join(
        [
            tag("span", item.status.value, class_=f"chip {item.status.value}"),
            tag("span", severity, class_=f"chip {severity}"),
            _safety(item),
            tag("code", finding.rule, class_="rule"),
        ]
    )
    details = [("Evidence", finding.evidence), *item.details]
    rows = [tag("dt", key) + tag("dd", prose(text)) for key, text in details]
    return tag(
        "article",
        tag("p", chips, class_="chips"),
        tag("h5", prose(finding.message), id=f"{name}-title"),
        tag("p", _places(finding.where, anchors), class_="places"),
        tag("dl", join(rows)),
        id=name,
        class_=f"finding {item.status.value}",
        tabindex=-1,
        aria_labelledby=f"{name}-title",
    )


def _safety(item: Item) -> Html:
    if item.made is None:
        return EMPTY
    safety = item.made.safety.name.lower()
    return tag("span", safety, class_=f"chip {safety}")


def _places(where: Sequence[Location], anchors: Anchors) -> Html:
    shown = list(dict.fromkeys((one.path, one.line) for one in where))
    parts = [_place(path, line, anchors) for path, line in shown[:_MOST_PLACES]]
    more = len(shown) - _MOST_PLACES
    listed = Html(", ".join(part.text for part in parts))
    return listed + escaped(f" and {more} more" if more > 0 else "")


def _place(path: str, line: int, anchors: Anchors) -> Html:
    anchor = anchors.get((path, line))
    text = f"{path}:{line}"
    return tag("a", text, href=f"#{anchor}") if anchor else tag("span", text)
