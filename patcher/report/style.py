"""Colour, for terminals only."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TextIO

from patcher.records import dataclass


class Color(StrEnum):
    """When to colour: on a terminal, always, or never."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


_CODES: Final = {"red": "31", "green": "32", "yellow": "33", "cyan": "36", "bold": "1", "dim": "2"}


@dataclass(frozen=True, slots=True)
class Paint:
    """Wraps text in colour codes where `on`."""

    on: bool

    def __call__(self, text: str, color: str) -> str:
        """Return `text` in `color`, or as it is."""
        return f"\x1b[{_CODES[color]}m{text}\x1b[0m" if self.on else text


def paint_for(stream: TextIO, color: Color, environ: Mapping[str, str]) -> Paint:
    """Return the paint for a stream: as asked, else on a terminal or with FORCE_COLOR.

    NO_COLOR wins. Source: https://no-color.org/ and https://force-color.org/
    """
    if color is not Color.AUTO:
        return Paint(color is Color.ALWAYS)
    if environ.get("NO_COLOR"):
        return Paint(on=False)
    if environ.get("FORCE_COLOR"):
        return Paint(on=True)
    return Paint(stream.isatty() and environ.get("TERM") != "dumb")
