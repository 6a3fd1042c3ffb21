"""Places as SARIF counts them: columns and offsets in UTF-16 code units.

A SARIF run names its unit, but most readers take the default, UTF-16, without looking; so that is
what we write. A byte order mark is no part of the text: section 3.30.1.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from patcher.finding import Location
from patcher.text import Edit, Source

Object = dict[str, Any]


def of_place(source: Source | None, place: Location) -> Object:
    """Return the region of a finding's place.

    Its end is told where the place is one of `source`, the file as it was read; what a later pass
    found may lie elsewhere there.
    """
    if source is None or source.line_column(place.span.start) != (place.line, place.column):
        return at(place.line, place.column)
    return _region(source, place.span.start, min(place.span.end, len(source.text)))


def of_edit(source: Source, edit: Edit) -> Object:
    """Return the region that an edit replaces; one that only inserts has no length."""
    return _region(source, edit.start, edit.end)


def at(line: int | None, column: int | None) -> Object:
    """Return a region that only begins somewhere; the column counts characters."""
    given = {"startLine": line, "startColumn": column}
    return {name: value for name, value in given.items() if value}


def _region(source: Source, start: int, end: int) -> Object:
    (line, column), (end_line, end_column) = _position(source, start), _position(source, end)
    return {
        "startLine": line,
        "startColumn": column,
        "endLine": end_line,
        "endColumn": end_column,
        "charOffset": _units(source.text[:start]),
        "charLength": _units(source.text[start:end]),
    }


def _position(source: Source, offset: int) -> tuple[int, int]:
    line, _ = source.line_column(offset)
    return line, _units(source.text[source.line_start(offset) : offset]) + 1


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def uri(path: str) -> str:
    """Return a relative path as a URI reference: RFC 3986, other bytes as in UTF-8."""
    return quote(path, safe="/", errors="surrogateescape")
