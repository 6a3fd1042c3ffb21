"""The findings as cards: what, where, the evidence, and what became of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from patcher.finding import Fix, Location
from patcher.report.entries import Entry, State, details
from patcher.report.html.diff import Anchors
from patcher.report.html.markup import EMPTY, Html, escaped, join, prose, tag
from patcher.report.text import count

MOST_FINDINGS: Final = 400
"""How many findings of one stack are shown in full; the rest is counted by rule."""

_MOST_PLACES: Final = 8
_HEADINGS: Final = {
    State.HELD: "Held back by a gate",
    State.LEFT: "Left to a person",
    State.FIXED: "Fixed",
    State.FOUND: "Found",
}


def findings(entries: Sequence[Entry], anchors: Anchors, prefix: str) -> Html:
    """Return the findings, those of one status under one heading; `prefix` begins their ids."""
    if not entries:
        return tag("p", "Nothing is found: there is nothing to fix.")
    numbered = list(enumerate(entries[:MOST_FINDINGS], start=1))
    groups = []
    for state, heading in _HEADINGS.items():
        cards = [
            _card(one, anchors, f"{prefix}{number}")
            for number, one in numbered
            if one.state is state
        ]
        if cards:
            total = sum(one.state is state for one in entries)
            groups.append(tag("h4", f"{heading} ({total})") + join(cards))
    return join([*groups, _rest(entries[MOST_FINDINGS:])])


def _rest(entries: Sequence[Entry]) -> Html:
    if not entries:
        return EMPTY
    counts = Counter((one.finding.rule, one.state.value) for one in entries)
    rows = [tag("li", f"{rule}, {state}: {number}") for (rule, state), number in counts.items()]
    told = f"{count(len(entries), 'further finding')}, by rule; `hanna-fix check` lists every one:"
    return tag("p", prose(told), class_="cut") + tag("ul", join(rows))


def _card(entry: Entry, anchors: Anchors, name: str) -> Html:
    finding = entry.finding
    severity = finding.severity.name.lower()
    chips = join(
        [
            tag("span", entry.state.value, class_=f"chip {entry.state.value}"),
            tag("span", severity, class_=f"chip {severity}"),
            _safety(entry),
            tag("code", finding.rule, class_="rule"),
        ]
    )
    facts = [("evidence", finding.evidence), *details(entry)]
    rows = [tag("dt", key) + tag("dd", prose(text)) for key, text in facts]
    return tag(
        "article",
        tag("p", chips, class_="chips"),
        tag("h5", prose(finding.message), id=f"{name}-title"),
        tag("p", _places(finding.where, anchors), class_="places"),
        tag("dl", join(rows)),
        id=name,
        class_=f"finding {entry.state.value}",
        tabindex=-1,
        aria_labelledby=f"{name}-title",
    )


def made(entry: Entry) -> Fix | None:
    """Return the fix that was made for this finding itself."""
    remedy = entry.finding.remedy
    is_made = entry.state is State.FIXED and entry.direct
    return remedy if is_made and isinstance(remedy, Fix) else None


def _safety(entry: Entry) -> Html:
    fix = made(entry)
    if fix is None:
        return EMPTY
    safety = fix.safety.name.lower()
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
