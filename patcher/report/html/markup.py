"""HTML that is safe by its type: what is not `Html` is escaped, here and nowhere else.

Repositories are untrusted: a name or a line may hold markup, quotes, control characters, or
characters that turn the direction of text. Markup is escaped; of the others each is shown by its
code, so that a reader sees it and nothing acts on it.
"""

from __future__ import annotations

import html
from typing import Final

from patcher.errors import visible
from patcher.patterns import regex
from patcher.records import dataclass

_CODE: Final = regex(r"`([^`]+)`")
_HIDDEN: Final = regex(r"[^\t\n\x20-\x7e]")
_VOID: Final = frozenset({"br", "col", "meta", "input", "path", "rect", "circle", "line"})


@dataclass(frozen=True, slots=True)
class Html:
    """Markup that is meant as such."""

    text: str

    def __add__(self, other: Html) -> Html:
        """Return both, one after the other."""
        return Html(self.text + other.text)


Content = Html | str
Attribute = str | int | float | bool | None
EMPTY: Final = Html("")


def escaped(text: str) -> Html:
    """Return text as HTML: markup escaped, hidden characters by their code and marked."""
    parts = []
    for plain, hidden in _runs(text):
        parts.append(html.escape(plain))
        if hidden:
            parts.append(f'<span class="hidden">{html.escape(hidden)}</span>')
    return Html("".join(parts))


def _runs(text: str) -> list[tuple[str, str]]:
    """Return runs of plain text, each with the codes of the hidden characters after it."""
    runs = []
    position = 0
    for match in _HIDDEN.finditer(text):
        if (code := visible(match.group())) != match.group():
            runs.append((text[position : match.start()], code))
            position = match.end()
    return [*runs, (text[position:], "")]


def join(parts: list[Html] | tuple[Html, ...]) -> Html:
    """Return pieces of markup as one."""
    return Html("".join(part.text for part in parts))


def tag(name: str, *content: Content, **attributes: Attribute) -> Html:
    """Return an element; text in it is escaped, and so are attributes.

    A `_` in an attribute's name stands for `-`, one at its end is dropped (`class_`); False and
    None leave the attribute out, True gives it no value.
    """
    head = name + "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID and not content:
        return Html(f"<{head}>" if name in ("br", "col", "meta", "input") else f"<{head}/>")
    body = "".join(one.text if isinstance(one, Html) else escaped(one).text for one in content)
    return Html(f"<{head}>{body}</{name}>")


def _attribute(key: str, value: Attribute) -> str:
    name = key.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return ""
    if value is True:
        return f" {name}"
    return f' {name}="{html.escape(visible(str(value)))}"'


def prose(text: str) -> Html:
    """Return a sentence of a report: what stands between backticks is code."""
    parts: list[Html] = []
    position = 0
    for match in _CODE.finditer(text):
        parts += [escaped(text[position : match.start()]), tag("code", match[1])]
        position = match.end()
    return join([*parts, escaped(text[position:])])
