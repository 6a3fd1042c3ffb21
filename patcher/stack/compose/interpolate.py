"""Compose's variables: `${NAME:-default}`.

Source: https://docs.docker.com/reference/compose-file/interpolation/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from patcher.patterns import regex

MAX_GROWTH: Final = 4096
"""Values may hold each other (`A=$B$B`): without a limit a short file grows without bound."""

_DEPTH: Final = 4
_WORD: Final = r"(?:[^{}]|\{" * _DEPTH + r"[^{}]*" + r"\})*" * _DEPTH
_VARIABLE: Final = regex(
    r"\$(?:(?P<escaped>\$)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|\{(?P<braced>[A-Za-z_][A-Za-z0-9_]*)(?:(?P<how>:?[-?+])(?P<word>" + _WORD + r"))?\})"
)


def interpolate(text: str, values: Mapping[str, str]) -> str:
    """Return `text` with its variables replaced; one without value or default stays as written.

    So does one whose value would make the text more than MAX_GROWTH characters longer. Defaults may
    hold variables with defaults, up to four levels deep.
    """
    room = MAX_GROWTH

    def bounded(match: re.Match[str]) -> str:
        nonlocal room
        found = _replacement(match, values)
        growth = max(len(found) - len(match.group()), 0)
        if growth > room:
            return match.group()
        room -= growth
        return found

    return _VARIABLE.sub(bounded, text)


def _replacement(match: re.Match[str], values: Mapping[str, str]) -> str:
    if match["escaped"]:
        return "$"
    name, how = match["name"] or match["braced"], match["how"] or ""
    word = match["word"] or ""
    value = values.get(name)
    has_value = bool(value) if how.startswith(":") else value is not None
    if how.endswith("+"):
        return interpolate(word, values) if has_value else ""
    if has_value and value is not None:
        return value
    return interpolate(word, values) if how.endswith("-") else match.group()
