"""Scalars: how Compose's YAML reader types a plain one, and which text may stand plain."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL: Final = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_DECIMAL: Final = re.compile(r"[-+]?(0|[1-9][0-9_]*)")
_OCTAL: Final = re.compile(r"[-+]?0o?([0-7_]+)")
_HEX: Final = re.compile(r"[-+]?0x([0-9a-fA-F_]+)")
_BINARY: Final = re.compile(r"[-+]?0b([01_]+)")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_SPECIAL_FLOAT: Final = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")

# What YAML 1.1 readers take for something else than text: never written plain.
_YAML_1_1_WORD: Final = re.compile(r"(?i)y|n|yes|no|on|off|true|false|null|~")
_YAML_1_1_NUMBER: Final = re.compile(r"[-+]?[0-9._][0-9._:,eExXabcdefABCDEFo+-]*")
_PLAIN: Final = re.compile(r"[A-Za-z0-9_./][A-Za-z0-9_./=+-]*( [A-Za-z0-9_./=+-]+)*")


@dataclass(frozen=True, slots=True)
class Tagged:
    """A value under an explicit tag, such as Compose's `!reset` and `!override`."""

    tag: str
    value: Any


def resolve(text: str, style: str, tag: str | None) -> Any:
    """Return the value of a scalar, typed as Compose's reader (go-yaml v3) does.

    That is the YAML 1.2 core schema (https://yaml.org/spec/1.2.2/#103-core-schema), with a leading
    zero still meaning octal; `on`, `22:22` and dates stay text.
    """
    if tag in ("!", "tag:yaml.org,2002:str"):
        return text
    if tag and not tag.startswith("tag:yaml.org,2002:"):
        return Tagged(tag, text)
    return _typed(text) if not style else text


def _typed(text: str) -> Any:
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _DECIMAL.fullmatch(text):
        return int(text.replace("_", ""))
    for pattern, base in ((_OCTAL, 8), (_HEX, 16), (_BINARY, 2)):
        if (match := pattern.fullmatch(text)) and match[1].strip("_"):
            number = int(match[1].replace("_", ""), base)
            return -number if text.startswith("-") else number
    if _FLOAT.fullmatch(text):
        return float(text)
    # kept as text: nan is not equal to itself, and only equality matters here
    return Tagged("float", text.lower()) if _SPECIAL_FLOAT.fullmatch(text) else text


def may_stand_plain(text: str) -> bool:
    """Tell whether `text`, written without quotes, is that text to every YAML 1.1 and 1.2 reader.

    Stricter than the specification: what would need a second look gets quotes.
    """
    return (
        _PLAIN.fullmatch(text) is not None
        and _YAML_1_1_WORD.fullmatch(text) is None
        and _YAML_1_1_NUMBER.fullmatch(text) is None
    )


def quoted(text: str, quote: str) -> str:
    r"""Return `text` as a quoted scalar, in `quote` where that needs no escapes, else in the other.

    Text with control characters or line breaks is always double-quoted, with escapes.
    """
    if not text.isprintable():
        return _double_quoted(text)
    needs_escape = {'"': '"' in text or "\\" in text, "'": "'" in text}
    other = "'" if quote == '"' else '"'
    chosen = other if needs_escape[quote] and not needs_escape[other] else quote
    return _double_quoted(text) if chosen == '"' else "'" + text.replace("'", "''") + "'"


def _double_quoted(text: str) -> str:
    return '"' + "".join(_escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    if char.isprintable():
        return char
    simple = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}
    return simple.get(char) or f"\\U{ord(char):08x}"
