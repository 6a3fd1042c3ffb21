"""Unified diffs that git takes: exact bytes, no newline at the end of file, quoted names.

`difflib.unified_diff` is not used: it mishandles a missing final newline, and callers tend to
split lines at form feeds and U+2028 as well. Here only a line feed ends a line.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Any, Final

from patcher.alignment import Matcher, common
from patcher.errors import Bug
from patcher.text import Edit, Source

_CONTEXT: Final = 3
_NO_NEWLINE: Final = "\\ No newline at end of file\n"
_C_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}

Opcode = tuple[str, int, int, int, int]


def unified(before: Source | None, after: Source) -> str:
    """Return the diff of one file, empty where nothing changed; `before` is None for a new file.

    A byte order mark is part of the first line, as it is to git.
    """
    old = [] if before is None else _lines(before)
    new = _lines(after)
    if before is not None and old == new:
        return ""
    hunks = [_hunk(old, new, group) for group in _groups(old, new)]
    return "".join([*_header(before, after), *hunks])


def opcodes(old: Sequence[str], new: Sequence[str]) -> Iterator[Opcode]:
    """Yield how the old lines become the new ones, named as difflib does.

    Equal heads and tails are set aside first, for speed.
    """
    head = common(old, new)
    tail = common(old[head:][::-1], new[head:][::-1])
    old_end, new_end = len(old) - tail, len(new) - tail
    if head:
        yield "equal", 0, head, 0, head
    for tag, *offsets in Matcher(old[head:old_end], new[head:new_end]).get_opcodes():
        yield (tag, *(offset + head for offset in offsets))  # type: ignore[misc]
    if tail:
        yield "equal", old_end, len(old), new_end, len(new)


def replacements(before: Source | None, after: Source) -> tuple[Edit, ...]:
    """Return what makes the old text the new one, as edits of whole lines, in order.

    Offsets count characters of the old text, a byte order mark not among them.
    """
    texts = ("" if before is None else before.text, after.text)
    old, new = (
        [*(f"{line}\n" for line in lines[:-1]), lines[-1]]
        for lines in (text.split("\n") for text in texts)
    )
    starts = [0, *accumulate(map(len, old))]
    return tuple(
        Edit(after.path, starts[first], starts[last], "".join(new[start:end]))
        for group in _groups(old, new)
        for tag, first, last, start, end in group
        if tag != "equal"
    )


def applied(diff: str, before: Source | None) -> str:
    """Apply a diff that `unified` made to its old file; return the new text, BOM included.

    The diff is read by unidiff, a reader independent of the writer. Raises Bug where a line of
    the diff does not match the old file.
    """
    from unidiff.patch import PatchSet

    old = [] if before is None else _lines(before)
    new: list[str] = []
    position = 0
    for hunk in PatchSet(diff)[0]:
        start = max(hunk.source_start - 1, 0)
        source, target = _sides(hunk)
        if old[start : start + hunk.source_length] != source:
            raise Bug(f"the diff does not match its file at line {hunk.source_start}")
        new += [*old[position:start], *target]
        position = start + hunk.source_length
    return "".join([*new, *old[position:]])


def _sides(hunk: Iterable[Any]) -> tuple[list[str], list[str]]:
    """Return a hunk's old and new lines; the marker takes the newline from the line before it."""
    source: list[str] = []
    target: list[str] = []
    sides = {" ": (source, target), "-": (source,), "+": (target,)}
    last: tuple[list[str], ...] = ()
    for line in hunk:
        if line.line_type == "\\":
            for side in last:
                side[-1] = side[-1].removesuffix("\n")
            continue
        last = sides[line.line_type]
        for side in last:
            side.append(line.value)
    return source, target


def _lines(source: Source) -> list[str]:
    text = ("\ufeff" if source.bom else "") + source.text
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1].removesuffix("\n")
    return lines if lines[-1] else lines[:-1]


def _groups(old: list[str], new: list[str]) -> Iterator[list[Opcode]]:
    """Yield hunks as opcodes; equal heads and tails are set aside first, for speed."""
    head = common(old, new)
    tail = common(old[head:][::-1], new[head:][::-1])
    pad = min(head, _CONTEXT), min(tail, _CONTEXT)
    start = head - pad[0]
    old_end, new_end = len(old) - tail + pad[1], len(new) - tail + pad[1]
    matcher = Matcher(old[start:old_end], new[start:new_end])
    for group in matcher.get_grouped_opcodes(_CONTEXT):
        yield [(tag, *(offset + start for offset in offsets)) for tag, *offsets in group]  # type: ignore[misc]


def _hunk(old: list[str], new: list[str], group: list[Opcode]) -> str:
    first, last = group[0], group[-1]
    ranges = f"-{_range(first[1], last[2])} +{_range(first[3], last[4])}"
    parts = [f"@@ {ranges} @@\n"]
    for tag, old_start, old_end, new_start, new_end in group:
        if tag == "equal":
            parts += [_line(" ", line) for line in old[old_start:old_end]]
            continue
        parts += [_line("-", line) for line in old[old_start:old_end]]
        parts += [_line("+", line) for line in new[new_start:new_end]]
    return "".join(parts)


def _range(start: int, end: int) -> str:
    length = end - start
    return f"{start + 1 if length else start},{length}"


def _line(sign: str, line: str) -> str:
    return sign + line if line.endswith("\n") else f"{sign}{line}\n{_NO_NEWLINE}"


def _header(before: Source | None, after: Source) -> Iterator[str]:
    old, new = _name("a/" + after.path), _name("b/" + after.path)
    yield f"diff --git {old} {new}\n"
    if before is None:
        yield f"new file mode 100{after.mode & 0o777:03o}\n"
    yield "--- /dev/null\n" if before is None else f"--- {_tabbed(old)}\n"
    yield f"+++ {_tabbed(new)}\n"


def _tabbed(name: str) -> str:
    """End a name that holds a space with a tab, as git does, so that readers see its end."""
    return name + "\t" if " " in name else name


def _name(path: str) -> str:
    """Quote a path as git does (core.quotePath): C escapes, other bytes in octal."""
    quoted = "".join(_quoted(char) for char in path)
    return path if quoted == path else f'"{quoted}"'


def _quoted(char: str) -> str:
    if char in _C_ESCAPES:
        return _C_ESCAPES[char]
    if " " <= char <= "~":
        return char
    return "".join(f"\\{byte:03o}" for byte in os.fsencode(char))
