"""The words in a box as they are drawn, and the room that they need.

Lengths are SVG user units. What a browser's fonts need is estimated, generously: the same picture
must come out on every machine.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from patcher.errors import visible
from patcher.report.picture.graph import Node

MOST_LABELS: Final = 16
"""How many labels a box for several nodes shows; the rest is counted."""

LONGEST: Final = 34
"""How many characters of a label are drawn; the whole of it is in the tables and tooltips."""

LINE_HEIGHT: Final = 17.0
_CHAR: Final = 7.9
_SMALL_CHAR: Final = 6.3
_PADDING: Final = 14.0
_LEAST_WIDTH: Final = 96.0
_HEIGHT: Final = 44.0


def shortened(text: str) -> str:
    """Return a label as it is drawn: control characters by their code, and no longer than fits."""
    shown = visible(text)
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"


def labels(node: Node) -> list[str]:
    """Return the lines of a box, its note left out."""
    names = [shortened(one.label) for one in node.members]
    more = len(names) - MOST_LABELS
    return names if more <= 1 else [*names[:MOST_LABELS], f"and {more} more"]


def width(node: Node) -> float:
    """Return how wide a box has to be for its words."""
    label = max(map(_columns, labels(node))) * _CHAR
    note = _columns(shortened(node.note)) * _SMALL_CHAR
    return round(max(_LEAST_WIDTH, max(label, note) + 2 * _PADDING), 1)


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def height(node: Node) -> float:
    """Return how high a box has to be for its words."""
    return _HEIGHT + LINE_HEIGHT * (len(labels(node)) - 1)
