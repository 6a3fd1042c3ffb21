"""The ways to fail: the user's input and the bounds of a run (exit 2), and our own bug (exit 3)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_MAX_SHOWN = 1000


def visible(text: str) -> str:
    """Return `text` as one line with control and formatting characters escaped, safe on a terminal.

    Repositories are untrusted: a file name or a value may carry terminal escapes. Newlines are
    escaped too, so the result is always one line.
    """
    if text.isprintable():
        return text
    return "".join(_escape(char) for char in text)


def brief(text: str) -> str:
    """Return `text` as `visible` does, the middle of a very long one left out."""
    if len(text) > _MAX_SHOWN:
        text = f"{text[: _MAX_SHOWN // 2]} ... {text[-_MAX_SHOWN // 2 :]}"
    return visible(text)


def _escape(char: str) -> str:
    if unicodedata.category(char) in _UNSAFE_CATEGORIES:
        return char.encode("unicode_escape").decode("ascii")
    return char


def nearest(name: str, known: Iterable[str], otherwise: str) -> str:
    """Return what to do about a name that is not known: the nearest known one, or `otherwise`."""
    near = get_close_matches(name, list(known), 1)
    return f"did you mean {near[0]}?" if near else otherwise


class UserError(Exception):
    """Something in the user's input or environment; ends the program with exit status 2.

    `message` says what is wrong, `todo` what to do about it. `path` is relative to the project
    directory; `line` and `column` count from 1, columns in characters.
    """

    def __init__(
        self,
        message: str,
        *,
        todo: str = "",
        path: str | None = None,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.todo = todo
        self.path = path
        self.line = line
        self.column = column

    def __str__(self) -> str:
        """Return the error as one line: `file:line:column: what; what to do`."""
        place = ":".join(str(part) for part in (self.path, self.line, self.column) if part)
        parts = [f"{place}: " if place else "", self.message, f"; {self.todo}" if self.todo else ""]
        return "".join(map(brief, parts))


class LimitError(Exception):
    """A project beyond the bounds of one run (see docs/design.md); exit status 2.

    No UserError, so that nothing goes on without what lies beyond: not even `check`.
    """

    def __init__(self, message: str, *, todo: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.todo = todo

    def __str__(self) -> str:
        """Return the error as one line: `what; what to do`."""
        return f"{brief(self.message)}; {brief(self.todo)}"


class Bug(Exception):  # noqa: N818 - the name is what it is: ours, not the user's
    """A state that hanna-fix promises never to reach; ends the program with exit status 3."""
