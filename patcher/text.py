"""Text files as exact characters: sources, spans, edits, and the splice that applies them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

from patcher.errors import Bug, UserError
from patcher.patterns import regex

_BOM: Final = b"\xef\xbb\xbf"
_EOL: Final = regex(r"\r\n|\n|\r")

Route = tuple[str | int, ...]
"""A place in a parsed model: keys and indices from the root, e.g. `("services", "db", "image")`."""


class _Absent:
    """The value of a route that does not exist."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters `[start, end)` in a source's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Touch:
    """One declared change of the parsed model: after the edit, `route` holds `value`.

    `value` is plain data (dict, list, str, int, float, bool, None) or `ABSENT` for a removal.
    """

    route: Route
    value: Any = field(hash=False)


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the characters `[start, end)` of the file `path` by `text`; `start == end` inserts.

    Offsets are characters into `Source.text` (BOM not counted). `touches` lists every change that
    the edit makes to the parsed model; the intent gate refuses any other.
    """

    path: str
    start: int
    end: int
    text: str
    touches: tuple[Touch, ...] = ()


@dataclass(frozen=True)
class Source:
    """One text file: its characters as read, newlines untouched, and what is needed to write it.

    `path` is relative to the project directory, in POSIX form. `bom` tells whether a UTF-8 byte
    order mark stood before the text, `mode` holds the permission bits, `rev` the git revision it
    was read from (None: from disk).
    """

    path: str
    text: str = field(repr=False)  # it may hold secrets
    bom: bool = False
    mode: int = 0o644
    rev: str | None = None

    @classmethod
    def decode(cls, path: str, data: bytes, *, mode: int = 0o644, rev: str | None = None) -> Source:
        """Read `data` as UTF-8; raises UserError with line and column where it is not."""
        bom = data.startswith(_BOM)
        body = data[len(_BOM) :] if bom else data
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError as error:
            good = body[: error.start].decode("utf-8")
            line, column = cls(path, good).line_column(len(good))
            message = f"not UTF-8 (byte 0x{body[error.start]:02x})"
            raise UserError(
                message, todo="save the file as UTF-8", path=path, line=line, column=column
            ) from None
        return cls(path, text, bom, mode, rev)

    def encode(self) -> bytes:
        """Return the exact bytes of the file, byte order mark included."""
        return (_BOM if self.bom else b"") + self.text.encode("utf-8")

    def with_text(self, text: str) -> Source:
        """Return the same file with other text."""
        return replace(self, text=text)

    @cached_property
    def eol(self) -> str:
        """The newline that most lines end with; a line feed where there is none."""
        counts = {"\n": 0, "\r\n": 0, "\r": 0}
        for match in _EOL.finditer(self.text):
            counts[match.group()] += 1
        return max(counts, key=lambda eol: counts[eol])

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in _EOL.finditer(self.text))]

    def line_column(self, offset: int) -> tuple[int, int]:
        """Return line and column of a character offset, both from 1, columns in characters."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line_start(self, offset: int) -> int:
        """Return the offset of the first character of the line that holds `offset`."""
        return self._starts[bisect_right(self._starts, offset) - 1]

    def line_end(self, offset: int) -> int:
        """Return the offset of the line's end at `offset`: its newline, or the end of the text."""
        match = _EOL.search(self.text, offset)
        return match.start() if match else len(self.text)

    def line(self, number: int) -> str:
        """Return a line, counted from 1, without its newline; empty where there is none."""
        if number > len(self._starts):
            return ""
        start = self._starts[number - 1]
        return self.text[start : self.line_end(start)]

    def at(self, span: Span) -> str:
        """Return the characters of `span`."""
        return self.text[span.start : span.end]


def splice(text: str, edits: Iterable[Edit]) -> str:
    """Apply `edits`, all of one file, to `text`; identical edits count once.

    Raises Bug where two edits overlap or insert at the same place: the engine refuses such pairs
    before it gets here.
    """
    parts: list[str] = []
    position = 0
    previous: Edit | None = None
    for edit in sorted(dict.fromkeys(edits), key=lambda edit: (edit.start, edit.end)):
        if previous is not None and overlaps(previous, edit):
            raise Bug(f"edits overlap in {edit.path} at {edit.start}")
        if not position <= edit.start <= edit.end <= len(text):
            raise Bug(f"edit outside of {edit.path}: {edit.start}..{edit.end}")
        parts += [text[position : edit.start], edit.text]
        position, previous = edit.end, edit
    return "".join([*parts, text[position:]])


def joined(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Return edits with the insertions at one place made one, their texts in the order given.

    Identical edits count once. For the edits of one fix, whose order is known; insertions of two
    fixes at one place are a conflict.
    """
    result: dict[object, Edit] = {}
    for edit in dict.fromkeys(edits):
        key = (edit.path, edit.start) if edit.start == edit.end else edit
        first = result.get(key)
        if first is not None:
            text, touches = first.text + edit.text, first.touches + edit.touches
            edit = replace(edit, text=text, touches=touches)
        result[key] = edit
    return tuple(result.values())


def overlaps(one: Edit, other: Edit) -> bool:
    """Tell whether two edits of one file share characters, or insert at the same place."""
    first, second = sorted((one, other), key=lambda edit: (edit.start, edit.end))
    return second.start < first.end or first.start == second.start
