"""Compose's variables: `.env` files and `${NAME:-default}`.

Source: https://docs.docker.com/reference/compose-file/interpolation/ and
https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_VARIABLE: Final = re.compile(
    r"\$(?:(?P<escaped>\$)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|\{(?P<braced>[A-Za-z_][A-Za-z0-9_]*)(?:(?P<how>:?[-?+])(?P<word>(?:[^{}]|\$\{[^{}]*\})*))?\})"
)
_ASSIGNMENT: Final = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*[=:]\s*(.*)")
_QUOTED: Final = re.compile(r"'([^']*)'|\"((?:[^\"\\]|\\.)*)\"")


def parse_env(text: str) -> dict[str, str]:
    """Return the assignments of a `.env` or `env_file` text; lines that are none are skipped."""
    values: dict[str, str] = {}
    for line in re.split(r"\r\n|\n|\r", text):
        match = _ASSIGNMENT.fullmatch(line)
        if match is not None and not line.lstrip().startswith("#"):
            values[match[1]] = _env_value(match[2])
    return values


def _env_value(raw: str) -> str:
    if quoted := _QUOTED.match(raw):
        return quoted[1] if quoted[1] is not None else quoted[2]
    return re.split(r"\s#", raw)[0].strip()


def interpolate(text: str, values: Mapping[str, str]) -> str:
    """Return `text` with its variables replaced; one without value or default stays as written."""
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
