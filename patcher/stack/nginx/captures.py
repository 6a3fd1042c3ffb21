"""Captures of a location's or server's regular expression that can hold a few words only.

`location ~ ^/(api|app)/` gives `$1` two values. Anything but words leaves the value open.
Source: https://nginx.org/en/docs/http/ngx_http_core_module.html#location
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from patcher.patterns import regex
from patcher.stack.nginx.scopes import Scope

_MAX_LENGTH: Final = 1000
_TOKEN: Final = regex(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?:\?(?:P?<(\w+)>)?)?", re.DOTALL)
_WORDS: Final = regex(r"[\w-]+(?:\|[\w-]+)*(?=\)(?![*?+{]))")


def captured(name: str, scope: Scope) -> set[str]:
    """Return the words that `$name` (or `$1`) can hold in a scope; empty where that is not known.

    Of numbers only those of the innermost location count, and only where no other expression is
    matched on the way, as it would set them anew.
    """
    if name.isdecimal():
        return _numbered(int(name), scope)
    for enclosing in scope.chain():
        for pattern in _patterns(enclosing):
            for _, label, words in _groups(pattern):
                if label == name:
                    return words
    return set()


def _numbered(number: int, scope: Scope) -> set[str]:
    for enclosing in scope.chain():
        if any(one.name == "rewrite" for one in enclosing.directives) or enclosing.kind == "if":
            return set()
        if any(child.kind == "if" for child in enclosing.children):
            return set()
        if enclosing.kind == "location":
            groups = (group for one in _patterns(enclosing) for group in _groups(one))
            return next((words for index, _, words in groups if index == number), set())
    return set()


def _patterns(scope: Scope) -> Iterator[str]:
    if scope.kind == "location" and len(scope.args) == 2 and scope.args[0] in ("~", "~*"):
        yield scope.args[1]
    for one in scope.directives if scope.kind == "server" else ():
        if one.name == "server_name":
            yield from (arg[1:] for arg in one.args if arg.startswith("~"))


def _groups(pattern: str) -> Iterator[tuple[int, str | None, set[str]]]:
    """Yield the number, name and possible words of each capturing group."""
    number = 0
    for token in _TOKEN.finditer(pattern[:_MAX_LENGTH]):
        opens = token[0].startswith("(")
        if not opens or (token[0].startswith("(?") and token[1] is None):
            continue
        number += 1
        words = _WORDS.match(pattern, token.end())
        yield number, token[1], set(words[0].split("|")) if words else set()
