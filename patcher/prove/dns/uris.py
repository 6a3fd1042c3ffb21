"""Requests that may lead to a location: no more than a good guess, which nginx itself confirms."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from math import prod
from typing import Any, Final
from urllib.parse import quote

from rstr import Rstr

from patcher.stack.nginx.scopes import Scope

_MAX_PATTERN: Final = 300
_MAX_REPEATS: Final = 200
_SAFE: Final = "/:@!$&'()*+,;=~-._"


class _Shortest(random.Random):
    """No chance at all: the fewest repeats, and of several characters a letter or digit."""

    def __init__(self, more: int) -> None:
        super().__init__(0)
        self._more = more

    def randint(self, a: int, b: int) -> int:
        return min(a + self._more, b)

    def choice(self, seq: Any) -> Any:
        options = sorted(seq) if all(isinstance(one, str) for one in seq) else seq
        return next((one for one in options if isinstance(one, str) and one.isalnum()), options[0])


def matching(pattern: str) -> list[str]:
    """Return a few texts that a regular expression of nginx should match; empty where none is told.

    PCRE and Python differ, and a pattern may ask for a text without end: nginx has the last word.
    """
    repeats = prod(max(1, int(count)) for count in re.findall(r"\{(\d{1,9})", pattern))
    if len(pattern) > _MAX_PATTERN or repeats > _MAX_REPEATS:
        return []
    python = re.sub(r"\(\?<(?=[A-Za-z_])", "(?P<", pattern)
    try:
        found = [Rstr(_Shortest(more)).xeger(python) for more in (0, 1)]
    except (re.error, KeyError, IndexError, OverflowError, RecursionError):
        return []
    return list(dict.fromkeys(found))


def candidates(location: Scope) -> Iterator[str]:
    """Yield paths that may lead to a location, percent-encoded."""
    modifier, pattern = _matched(location)
    if pattern.startswith("@"):
        return
    if modifier in ("~", "~*"):
        texts = matching(pattern)
    elif modifier == "=":
        texts = [pattern]
    else:
        texts = [pattern, f"{pattern.rstrip('/')}/hanna-fix"]
    for text in texts:
        yield quote(text if text.startswith("/") else f"/hanna-fix{text}", safe=_SAFE)


def _matched(location: Scope) -> tuple[str, str]:
    """Return a location's modifier, "" for none, and what it matches; `=/x` is taken by nginx."""
    if len(location.args) > 1:
        return location.args[0], location.args[1]
    text = location.args[0] if location.args else "/"
    modifier = next((one for one in ("=", "^~", "~*", "~") if text.startswith(one)), "")
    return modifier, text.removeprefix(modifier)
