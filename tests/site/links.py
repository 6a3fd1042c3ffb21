"""Links of a page, outside of its code blocks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_FENCED = re.compile(r"(?ms)^(?P<fence>`{3,})[^\n]*\n.*?^(?P=fence)$")
_LINK = re.compile(r"(?<=\]\()[^()\s]+(?=\))")


def links(text: str) -> Iterator[str]:
    """Yield the target of every link and picture."""
    for part in _prose(text):
        yield from _LINK.findall(part)


def relinked(text: str, target: Callable[[str], str]) -> str:
    """Return the page with each link's target replaced by what `target` makes of it."""
    done, last = [], 0
    for match in _FENCED.finditer(text):
        done += [_replaced(text[last : match.start()], target), match[0]]
        last = match.end()
    return "".join([*done, _replaced(text[last:], target)])


def is_outward(link: str) -> bool:
    """Tell whether a link leads to another host."""
    return link.startswith(("https://", "http://", "mailto:"))


def _replaced(text: str, target: Callable[[str], str]) -> str:
    return _LINK.sub(lambda match: target(match[0]), text)


def _prose(text: str) -> list[str]:
    return [part for part in _FENCED.sub("\0", text).split("\0") if part]
