"""Words of Dockerfile instructions: splitting, quotes, variables, flags, the JSON exec form.

The rules are those of the Dockerfile reference, "Environment replacement" and "Shell and exec
form" (https://docs.docker.com/reference/dockerfile/).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from patcher.patterns import regex

# Values may name each other (`ENV B=$A$A`): without a limit a short file grows without bound.
_MAX_GROWTH: Final = 4096

_FLAG: Final = regex(r"--([\w.-]+)(?:=(\S*))?(?:\s+|$)")
_VARIABLE: Final = r"\$\{(\w+)(?:(:?[-+])((?:[^{}]|\{[^{}]*\})*))?\}|\$(\w+)"


@cache
def _segments(escape: str) -> re.Pattern[str]:
    esc = re.escape(escape)
    double = rf'"(?:{esc}.|[^"{esc}])*"'
    bare = rf"(?:{esc}.|[^'\"\s{esc}])+"
    return re.compile(rf"'[^']*'|{double}|{bare}|\s+|.", re.DOTALL)


@cache
def _replaceable(escape: str) -> re.Pattern[str]:
    return re.compile(rf"{re.escape(escape)}(.)|{_VARIABLE}", re.DOTALL)


def split_words(text: str, escape: str = "\\") -> list[str]:
    """Split at white space outside quotes; quotes and escapes stay in the words."""
    words = [""]
    for match in _segments(escape).finditer(text):
        if match.group().isspace():
            words.append("")
        else:
            words[-1] += match.group()
    return [word for word in words if word]


def expand(text: str, scope: Mapping[str, str], escape: str = "\\") -> str:
    """Return `text` without its quotes, variables of `scope` put in.

    A variable that `scope` does not hold stays as written unless it brings a default; so does
    one whose value would make the result more than 4096 characters longer.
    """
    expansion = _Expansion(scope, escape)
    return "".join(expansion.segments(text))


class _Expansion:
    def __init__(self, scope: Mapping[str, str], escape: str) -> None:
        self.scope = scope
        self.escape = escape
        self.room = _MAX_GROWTH

    def segments(self, text: str) -> Iterator[str]:
        for match in _segments(self.escape).finditer(text):
            part = match.group()
            if len(part) > 1 and part[0] == part[-1] == "'":
                yield part[1:-1]
            elif len(part) > 1 and part[0] == part[-1] == '"':
                yield self.replace(part[1:-1], quoted=True)
            else:
                yield self.replace(part, quoted=False)

    def replace(self, text: str, *, quoted: bool) -> str:
        def one(match: re.Match[str]) -> str:
            if match[1] is not None:
                literal = quoted and match[1] not in '"$' + self.escape
                return match.group() if literal else match[1]
            value = self.value(match)
            if value is None or len(value) > self.room:
                return match.group()
            self.room -= len(value)
            return value

        return _replaceable(self.escape).sub(one, text)

    def value(self, match: re.Match[str]) -> str | None:
        _, braced, operator, word, plain = match.groups()
        value = self.scope.get(braced or plain)
        if operator is None:
            return value
        present = bool(value) if operator.startswith(":") else value is not None
        if operator.endswith("+"):
            return self.replace(word, quoted=False) if present else ""
        return value if present else self.replace(word, quoted=False)


def assignments(text: str, escape: str = "\\") -> list[tuple[str, str | None]]:
    """Return the pairs of an ENV or ARG: `A=1 B="x y"`, old `A x y`, or a bare name (None).

    Values keep quotes and variables, for `expand`.
    """
    words = split_words(text, escape)
    if words and "=" not in words[0] and len(words) > 1:
        name, value = text.split(None, 1)
        return [(name, value.strip())]
    pairs = (word.partition("=") for word in words)
    return [(name, value if equals else None) for name, equals, value in pairs]


def flags_and_rest(text: str) -> tuple[dict[str, str], str]:
    """Split leading `--name=value` flags from the rest of an instruction's value."""
    flags: dict[str, str] = {}
    position = 0
    while match := _FLAG.match(text, position):
        flags[match[1].lower()] = match[2] or ""
        position = match.end()
    return flags, text[position:].strip()


def json_words(text: str) -> tuple[str, ...] | None:
    """Return the strings of a JSON array, or None: what is not one is the shell form."""
    if not text.startswith("["):
        return None
    try:
        words = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not all(isinstance(word, str) for word in words):
        return None
    return tuple(_without_surrogates(word) for word in words)


def _without_surrogates(word: str) -> str:
    """Half a surrogate pair cannot be written as UTF-8; Docker replaces it as well."""
    return word.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
