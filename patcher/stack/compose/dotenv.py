"""`.env` and `env_file` texts, read as Compose reads them.

Source: https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/
#env-file-syntax; what it leaves open was tried with Compose 2.40.3.
"""

from __future__ import annotations

import re
from typing import Final

from patcher.stack.compose.interpolate import interpolate

_LINE: Final = re.compile(
    r"""[ \t]*(?:export[ \t]+)?(?P<name>[A-Za-z_][A-Za-z0-9_.-]*)[ \t]*[=:][ \t]*
    (?:'(?P<single>(?:[^'\\]|\\.)*)'[^\r\n]*
      |"(?P<double>(?:[^"\\]|\\.)*)"[^\r\n]*
      |(?P<bare>[^\r\n]*))
    |[^\r\n]*""",
    re.VERBOSE | re.DOTALL,
)
_EOL: Final = re.compile(r"\r\n|\n|\r")
_ESCAPE: Final = re.compile(r"\\([abfnrtv\"\\$])", re.DOTALL)
_CONTROL: Final = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def parse_env(text: str) -> dict[str, str]:
    """Return the assignments of a `.env` or `env_file` text; lines that are none are skipped.

    Quoted values may span lines; variables set earlier in the text are replaced outside of single
    quotes.
    """
    values: dict[str, str] = {}
    position = 0
    while position < len(text):
        if match := _LINE.match(text, position):
            if match["name"] is not None:
                values[match["name"]] = _value(match, values)
            position = match.end()
        eol = _EOL.match(text, position)
        position = eol.end() if eol else position + 1
    return values


def _value(match: re.Match[str], values: dict[str, str]) -> str:
    if match["single"] is not None:
        return match["single"].replace("\\'", "'")
    if match["double"] is not None:
        unescaped = _ESCAPE.sub(_unescaped, match["double"])
        return interpolate(unescaped, values)
    bare = re.split(r"\s#", match["bare"])[0].strip()
    return interpolate(bare, values)


def _unescaped(match: re.Match[str]) -> str:
    # a dollar is doubled, so that the interpolation that follows leaves it alone
    return "$$" if match[1] == "$" else _CONTROL.get(match[1], match[1])
