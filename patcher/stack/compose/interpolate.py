"""Compose's variables: `${NAME:-default}`.

Source: https://docs.docker.com/reference/compose-file/interpolation/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_DEPTH: Final = 4
_WORD: Final = r"(?:[^{}]|\{" * _DEPTH + r"[^{}]*" + r"\})*" * _DEPTH
_VARIABLE: Final = re.compile(
    r"\$(?:(?P<escaped>\$)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|\{(?P<braced>[A-Za-z_][A-Za-z0-9_]*)(?:(?P<how>:?[-?+])(?P<word>" + _WORD + r"))?\})"
)


def interpolate(text: str, values: Mapping[str, str]) -> str:
    """Return `text` with its variables replaced; one without value or default stays as written.

    Defaults may hold variables with defaults, up to four levels deep.
    """
    return _VARIABLE.sub(lambda match: _replacement(match, values), text)


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
