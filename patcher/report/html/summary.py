"""The top of the page: what is changed, how safe that is, and what the next `up` does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from patcher.errors import UserError
from patcher.finding import Safety
from patcher.report.html.items import Item, Status
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


def tiles(items: Sequence[Item], files: int) -> Html:
    """Return the counts."""
    if any(one.status is Status.FOUND for one in items):
        fixable = sum(_has_fix(one) for one in items)
        counts = [("found", len(items)), ("with a fix", fixable)]
    else:
        counts = [
            (status.value, sum(one.status is status for one in items))
            for status in (Status.FIXED, Status.HELD, Status.LEFT)
        ]
        counts.append(("file changed" if files == 1 else "files changed", files))
    shown = [
        tag(
            "li",
            tag("b", str(number)),
            " ",
            name,
            class_=f"tile {name.split()[0]}{' zero' * (not number)}",
        )
        for name, number in counts
    ]
    return tag("ul", join(shown), class_="tiles")


def _has_fix(item: Item) -> bool:
    return any(name.startswith("Fix") for name, _ in item.details)


def safety(items: Sequence[Item]) -> Html:
    """Return how safe the fixes are that were made, and what was proven of them."""
    made = [one.made for one in items if one.made is not None]
    if not made:
        return EMPTY
    unsafe = [one for one in made if one.safety is not Safety.SAFE]
    if not unsafe:
        return tag("p", prose(_SAFE)) + tag("p", prose(_PROVEN))
    listed = [tag("li", prose(f"{one.title}: {one.why}")) for one in unsafe[:_MOST_LINES]]
    return tag("p", prose(_UNSAFE)) + tag("ul", join(listed)) + tag("p", prose(_PROVEN))


def next_up(items: Sequence[Item]) -> Html:
    """Return what the next `docker compose up -d` does because of the fixes, each thing once."""
    rules: dict[str, dict[str, None]] = {}
    for one in items:
        if one.made is not None:
            rules.setdefault(one.made.next_up, {})[one.finding.rule] = None
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
