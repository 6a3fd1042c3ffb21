"""`.env` and `env_file` texts, read as Compose reads them.

Source: https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/
#env-file-syntax; what it leaves open was tried with Compose 2.40.3.
"""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Mapping
from typing import Final

from patcher.patterns import regex
from patcher.stack.compose.interpolate import interpolate

_NONE: Final[Mapping[str, str]] = {}
_LINE: Final = regex(
    r"""(?:[ \t\r\xa0]*+(?:export[ \t]+)?(?P<name>[A-Za-z0-9_.\-\[\]]+)[ \t\xa0]*[=:][ \t]*
    (?:'(?P<single>(?:[^'\\]|\\.)*)'[^\n]*
      |"(?P<double>(?:[^"\\]|\\.)*)"[^\n]*
      |(?P<bare>[^\n]*))
    |[^\n]*)(?:\n|\Z)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE: Final = regex(r"\\([abfnrtv\"\\$])", re.DOTALL)
_CONTROL: Final = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def parse_env(
    text: str, outer: Mapping[str, str] = _NONE, earlier: Mapping[str, str] = _NONE
) -> dict[str, str]:
    """Return the assignments of a `.env` or `env_file` text; lines that are none are skipped.

    Quoted values may span lines. Variables are replaced outside of single quotes: by those of
    `outer`, else by those set before in the text, else by those of `earlier` files.
    """
    values: dict[str, str] = {}
    known = ChainMap(dict(outer), values, dict(earlier))
    for match in _LINE.finditer(text):
        if match["name"] is not None:
            values[match["name"]] = _value(match, known)
    return values


def parse_raw(text: str) -> dict[str, str]:
    """Return the assignments of an `env_file` with `format: raw`: nothing in a value is special."""
    lines = (line.removesuffix("\r").lstrip() for line in text.split("\n"))
    pairs = (line.partition("=") for line in lines if not line.startswith("#"))
    return {name: value for name, equals, value in pairs if name and equals}


def _value(match: re.Match[str], known: Mapping[str, str]) -> str:
    if match["single"] is not None:
        return match["single"].replace("\\'", "'")
    if match["double"] is not None:
        unescaped = _ESCAPE.sub(_unescaped, match["double"])
        return interpolate(unescaped, known)
    return interpolate(match["bare"].partition(" #")[0].strip(), known)


def _unescaped(match: re.Match[str]) -> str:
    # a dollar is doubled, so that the interpolation that follows leaves it alone
    return "$$" if match[1] == "$" else _CONTROL.get(match[1], match[1])
