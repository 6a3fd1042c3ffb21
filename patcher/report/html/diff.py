"""The changed files side by side: what stays the same is folded, and can be unfolded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from patcher.engine.outcome import Change
from patcher.report.html.markup import EMPTY, Html, escaped, join, prose, tag
from patcher.report.html.rows import Line, Row, Side, rows
from patcher.report.text import count

CONTEXT: Final = 3
"""How many unchanged lines are shown around a change."""

LEAST_FOLDED: Final = 4
"""How many unchanged lines are worth folding."""

MOST_ROWS: Final = 4000
"""How many rows the page holds over all files; the rest is counted."""

MOST_FOLDED: Final = 400
"""How many lines of one folded part can be unfolded."""

Anchors = dict[tuple[str, int], str]


def anchors(changes: Iterable[Change]) -> Anchors:
    """Return the ids of the rows by path and line number before the change."""
    return {
        (one.before.path, line): f"f{number}-{line}"
        for number, one in enumerate(changes)
        if one.before is not None
        for line in range(1, one.before.text.count("\n") + 2)
    }


def files(changes: Sequence[Change]) -> Html:
    """Return every changed file; the page's bound on rows holds over all of them."""
    left = MOST_ROWS
    parts: list[Html] = []
    for number, change in enumerate(changes):
        shown = rows(change.before, change.after)
        parts.append(_file(number, change, shown, left))
        left = max(0, left - len(shown))
    return join(parts)


def _file(number: int, change: Change, found: list[Row], most: int) -> Html:
    path = change.after.path
    added = sum(row.side in (Side.ADDED, Side.CHANGED) for row in found)
    removed = sum(row.side in (Side.REMOVED, Side.CHANGED) for row in found)
    told = f"{added} added, {removed} removed"
    return tag(
        "section",
        tag(
            "h3",
            tag("span", path, class_="path"),
            " ",
            tag("small", "new file, " if change.before is None else EMPTY, told),
        ),
        join(list(_blocks(number, path, found[:most]))),
        _cut(len(found) - most),
        class_="file",
        id=f"file-{number}",
        aria_label=f"Changes of {path}",
    )


def _cut(more: int) -> Html:
    if more <= 0:
        return EMPTY
    text = f"{count(more, 'further line')} left out: `hanna-fix diff` prints every change."
    return tag("p", prose(text), class_="cut")


def _blocks(number: int, path: str, found: Sequence[Row]) -> Iterator[Html]:
    """Yield the file's parts: tables of what changes, folded tables of what stays."""
    for same, block in _parts(found):
        if not same:
            yield _table(number, path, block, "change")
            continue
        half = MOST_FOLDED // 2
        more = len(block) - MOST_FOLDED
        summary = tag("summary", tag("span", f"{count(len(block), 'unchanged line')}"))
        if more <= 0:
            yield tag("details", summary, _table(number, path, block, "same"), class_="fold")
        else:
            first = _table(number, path, block[:half], "same")
            last = _table(number, path, block[-half:], "same")
            cut = tag("p", f"{count(more, 'line')} left out here", class_="cut")
            yield tag("details", summary, first, cut, last, class_="fold")


def _parts(found: Sequence[Row]) -> Iterator[tuple[bool, list[Row]]]:
    """Yield the rows in parts that are folded (True) and shown."""
    shown: set[int] = set()
    for index, row in enumerate(found):
        if row.side is not Side.SAME:
            shown.update(range(index - CONTEXT, index + CONTEXT + 1))
    parts = [(folds, list(part)) for folds, part in _grouped(found, shown)]
    for folds, together in groupby(parts, lambda part: part[0] and len(part[1]) >= LEAST_FOLDED):
        yield folds, [row for _, part in together for row in part]


def _grouped(found: Sequence[Row], shown: set[int]) -> Iterator[tuple[bool, Iterator[Row]]]:
    for folds, part in groupby(range(len(found)), lambda index: index not in shown):
        yield folds, (found[index] for index in part)


def _table(number: int, path: str, block: Sequence[Row], kind: str) -> Html:
    first, last = block[0], block[-1]
    start, end = first.new_number or first.old_number, last.new_number or last.old_number
    caption = tag("caption", f"{path}, lines {start} to {end}", class_="sr")
    columns = tag(
        "colgroup",
        join([tag("col", class_=name) for name in ("number", "text", "number", "text")]),
    )
    names = ("Line", "Before", "Line", "After")
    head = tag(
        "thead", tag("tr", join([tag("th", name, scope="col") for name in names])), class_="sr"
    )
    body = tag("tbody", join([_row(number, row) for row in block]))
    return tag("table", caption, columns, head, body, class_=f"diff {kind}")


def _row(number: int, row: Row) -> Html:
    anchor = f"f{number}-{row.old_number}" if row.old_number else None
    old = (
        "del"
        if row.side in (Side.REMOVED, Side.CHANGED)
        else "none"
        if row.side is Side.ADDED
        else ""
    )
    new = (
        "ins"
        if row.side in (Side.ADDED, Side.CHANGED)
        else "none"
        if row.side is Side.REMOVED
        else ""
    )
    return tag(
        "tr",
        tag("td", str(row.old_number or ""), class_="number"),
        _cell(row.old, f"text old {old}".rstrip(), "del" if old == "del" else ""),
        tag("td", str(row.new_number or ""), class_="number"),
        _cell(row.new, f"text new {new}".rstrip(), "ins" if new == "ins" else ""),
        class_=row.side.value,
        id=anchor,
    )


def _cell(line: Line, looks: str, element: str) -> Html:
    """Return a side of a row; `element` is what marks its words, and tells screen readers."""
    parts = [tag("mark", one.text) if one.marked and element else escaped(one.text) for one in line]
    body = tag(element, join(parts)) if element and parts else join(parts)
    return tag("td", body, class_=looks)
