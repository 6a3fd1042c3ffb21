"""Scalars: how Compose's YAML reader types a plain one, and which text may stand plain."""

from __future__ import annotations

from math import isinf
from typing import Any, Final

from patcher.patterns import regex
from patcher.records import dataclass

_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL: Final = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
# as Go's strconv.ParseInt and go-yaml's yamlStyleFloat take them, underscores removed
_INTEGER: Final = regex(
    r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]{,19}))"
)
_BASES: Final = (16, 2, 8, 10)
_INT64: Final = range(-(2**63), 2**63)
_UINT64: Final = range(2**64)
_FLOAT: Final = regex(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_SPECIAL_FLOAT: Final = regex(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
CORE_TAG: Final = "tag:yaml.org,2002:"
"""What the tags of YAML's own types begin with, `!!str` for one; they are no part of a value."""

_STR_TAG: Final = CORE_TAG + "str"
_TYPE_TAGS: Final = frozenset(CORE_TAG + name for name in ("int", "float", "bool", "null"))

# What YAML 1.1 readers take for something else than text: never written plain.
_YAML_1_1_WORD: Final = regex(r"(?i)y|n|yes|no|on|off|true|false|null|~")
_YAML_1_1_NUMBER: Final = regex(r"[-+]?[0-9._][0-9._:,eExXabcdefABCDEFoO+-]*")
_PLAIN: Final = regex(r"[A-Za-z0-9_./][A-Za-z0-9_./=+-]*( [A-Za-z0-9_./=+-]+)*")


@dataclass(frozen=True, slots=True)
class Tagged:
    """A value under an explicit tag, such as Compose's `!reset` and `!override`."""

    tag: str
    value: Any


def resolve(text: str, style: str, tag: str | None) -> Any:
    """Return the value of a scalar, typed as Compose's reader (go-yaml v3) does.

    That is the YAML 1.2 core schema (https://yaml.org/spec/1.2.2/#103-core-schema), with a leading
    zero still meaning octal, underscores in numbers, and what is too great for 64 bits read as a
    float; `on`, `22:22` and dates stay text.
    """
    if tag == _STR_TAG:
        return text
    if tag and not tag.startswith(CORE_TAG):
        return Tagged(tag, text)
    return _typed(text) if not style or tag in _TYPE_TAGS else text


def _typed(text: str) -> Any:
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    # kept as text: nan is not equal to itself, and only equality matters here
    if _SPECIAL_FLOAT.fullmatch(text):
        return Tagged("float", text.lower())
    number = _number(text.replace("_", "")) if text[0] in "+-0123456789" else None
    if number is None and _FLOAT.fullmatch(text):
        number = _float(text)
    return text if number is None else number


def _number(text: str) -> int | float | None:
    if match := _INTEGER.fullmatch(text):
        sign, *digits = match.groups()
        value = next(int(one, base) for one, base in zip(digits, _BASES, strict=True) if one)
        value = -value if sign == "-" else value
        if value in _INT64 or (not sign and value in _UINT64):
            return value
    return _float(text) if _FLOAT.fullmatch(text) else None


def _float(text: str) -> float | None:
    """Return the number, or None where it is too great, which Go leaves as text."""
    value = float(text)
    return None if isinf(value) else value


def may_stand_plain(text: str) -> bool:
    """Tell whether `text`, written without quotes, is that text to every YAML 1.1 and 1.2 reader.

    Stricter than the specification: what would need a second look gets quotes.
    """
    return (
        _PLAIN.fullmatch(text) is not None
        and _YAML_1_1_WORD.fullmatch(text) is None
        and _YAML_1_1_NUMBER.fullmatch(text) is None
        and _SPECIAL_FLOAT.fullmatch(text) is None
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
