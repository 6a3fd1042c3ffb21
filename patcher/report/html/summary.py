"""The top of the page: what is changed, how safe that is, and what the next `up` does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from patcher.errors import UserError
from patcher.finding import Fix, Safety
from patcher.report.entries import Entry, State
from patcher.report.html.findings import made
from patcher.report.html.markup import EMPTY, Html, join, prose, tag
from patcher.report.text import count

_MOST_LINES: Final = 200

_SAFE: Final = (
    "Every fix is safe: the documented remedy, its preconditions checked in the files. A stack "
    "that works today is meant to work after the next `docker compose up -d`, which may recreate "
    "containers."
)
_UNSAFE: Final = (
    "Some fixes are unsafe: valid, but behaviour may change beyond the finding. What may change is:"
)
_PROVEN: Final = (
    "Every fix passed the gates: the files change as declared and nowhere else, no comment is "
    "lost, the finding is gone, and none came in its place. The gates prove the change to the "
    "files; they do not run the stack."
)


def tiles(entries: Sequence[Entry], files: int) -> Html:
    """Return the counts."""
    if any(one.state is State.FOUND for one in entries):
        fixable = sum(isinstance(one.finding.remedy, Fix) for one in entries)
        counts = [("found", len(entries)), ("with a fix", fixable)]
    else:
        counts = [
            (state.value, sum(one.state is state for one in entries))
            for state in (State.FIXED, State.HELD, State.LEFT)
        ]
        counts.append(("file changed" if files == 1 else "files changed", files))
    shown = [tile(name, number, name.split()[0]) for name, number in counts]
    return tag("ul", join(shown), class_="tiles")


def tile(name: str, number: int, look: str) -> Html:
    """Return one count; `look` is what gives it a colour where it is not zero."""
    looks = f"tile is-{look}" + " zero" * (not number)
    return tag("li", tag("b", str(number)), " ", name, class_=looks)


def safety(entries: Sequence[Entry]) -> Html:
    """Return how safe the fixes are that were made, and what was proven of them."""
    fixes = [fix for one in entries if (fix := made(one)) is not None]
    if not fixes:
        return EMPTY
    unsafe = [one for one in fixes if one.safety is not Safety.SAFE]
    if not unsafe:
        return tag("p", prose(_SAFE)) + tag("p", prose(_PROVEN))
    listed = [tag("li", prose(f"{one.title}: {one.why}")) for one in unsafe[:_MOST_LINES]]
    return tag("p", prose(_UNSAFE)) + tag("ul", join(listed)) + tag("p", prose(_PROVEN))


def next_up(entries: Sequence[Entry]) -> Html:
    """Return what the next `docker compose up -d` does because of the fixes, each thing once."""
    rules: dict[str, dict[str, None]] = {}
    for one in entries:
        if (fix := made(one)) is not None:
            rules.setdefault(fix.next_up, {})[one.finding.rule] = None
    listed = [
        tag("li", prose(text), " ", tag("small", ", ".join(names)))
        for text, names in list(rules.items())[:_MOST_LINES]
    ]
    more = len(rules) - _MOST_LINES
    if more > 0:
        listed.append(tag("li", f"and {count(more, 'further thing')}, told with the findings"))
    return tag("ul", join(listed), class_="next") if listed else EMPTY


def problems(errors: Sequence[UserError]) -> Html:
    """Return what could not be read."""
    if not errors:
        return EMPTY
    listed = [tag("li", str(one)) for one in errors[:_MOST_LINES]]
    return tag(
        "section", tag("h2", "Could not be read"), tag("ul", join(listed)), class_="problems"
    )
