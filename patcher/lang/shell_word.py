"""One word of shell text: quotes, escapes and expansions (POSIX XCU 2.2 and 2.6)."""

from __future__ import annotations

import re
from typing import Final

from patcher.patterns import regex
from patcher.text import Span

CONTINUATION: Final = regex(r"\\\r?\n")
_PLAIN: Final = regex(r"[^ \t\r\n;&|()<>\\'\"`$]+")
_PLAIN_QUOTED: Final = regex(r'[^"\\$`]+')
_ARRAY: Final = regex(r"[A-Za-z_][A-Za-z0-9_]*\+?=\Z")
_MARK: Final = regex(r"""\\.|'|"|`|\$\(|\$\{|\(|\)|\}""", re.DOTALL)
_CLOSER: Final = {"$(": ")", "${": "}", "(": ")", '"': '"', "`": "`"}
_BREAKS: Final = frozenset(" \t\r\n;&|()<>")


def _group_end(text: str, start: int) -> int:
    """Return the offset after the quote or substitution that opens at `start`."""
    closers: list[str] = []
    position = start
    while True:
        mark = _MARK.search(text, position)
        if mark is None:
            return len(text)
        position = _after_mark(text, mark, closers)
        if not closers:
            return position


def _after_mark(text: str, mark: re.Match[str], closers: list[str]) -> int:
    found, top = mark.group(), closers[-1] if closers else ""
    if found == top:
        closers.pop()
    elif found == "'" and not _in_double_quotes(closers):
        close = text.find("'", mark.end())
        return len(text) if close < 0 else close + 1
    elif found in _CLOSER and (found != "(" or top in ("", ")")):
        closers.append(_CLOSER[found])
    return mark.end()


def _in_double_quotes(closers: list[str]) -> bool:
    return closers[-1:] == ['"'] or closers[-2:] == ['"', "}"]


class WordReader:
    """Reads one word: `read` moves `position` behind it.

    `parts` joined are its value, without quotes and with expansions as written; `quoted` tells that
    a part was quoted, `nested` are the spans inside its command substitutions.
    """

    def __init__(self, text: str, position: int) -> None:
        self.text = text
        self.position = position
        self.parts: list[str] = []
        self.quoted = False
        self.nested: list[Span] = []

    def read(self) -> None:
        """Read to the end of the word, or of the text where a quote is not closed."""
        while self.position < len(self.text) and self._part():
            pass

    def _part(self) -> bool:
        char = self.text[self.position]
        if char in _BREAKS:
            return char == "(" and self._array()
        if char == "\\":
            self._escape()
        elif char == "'":
            self._single_quotes()
        elif char == '"':
            self._double_quotes()
        elif char in "$`":
            self._expansion()
        else:
            self._plain(_PLAIN)
        return True

    def _plain(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.position)
        end = match.end() if match else self.position + 1
        self.parts.append(self.text[self.position : end])
        self.position = end

    def _array(self) -> bool:
        if len(self.parts) != 1 or not _ARRAY.match(self.parts[0]):
            return False
        self._raw(_group_end(self.text, self.position))
        return True

    def _raw(self, end: int) -> None:
        self.parts.append(self.text[self.position : end])
        self.position = end

    def _escape(self) -> None:
        if continuation := CONTINUATION.match(self.text, self.position):
            self.position = continuation.end()
            return
        self.quoted = True
        self.parts.append(self.text[self.position + 1 : self.position + 2])
        self.position = min(self.position + 2, len(self.text))

    def _single_quotes(self) -> None:
        self.quoted = True
        close = self.text.find("'", self.position + 1)
        end = len(self.text) if close < 0 else close
        self.parts.append(self.text[self.position + 1 : end])
        self.position = min(end + 1, len(self.text))

    def _double_quotes(self) -> None:
        self.quoted = True
        self.position += 1
        while self.position < len(self.text):
            char = self.text[self.position]
            if char == '"':
                self.position += 1
                return
            if char == "\\":
                self._quoted_escape()
            elif char in "$`":
                self._expansion()
            else:
                self._plain(_PLAIN_QUOTED)

    def _quoted_escape(self) -> None:
        """Read a backslash inside double quotes, where it escapes only a few characters."""
        if continuation := CONTINUATION.match(self.text, self.position):
            self.position = continuation.end()
            return
        pair = self.text[self.position : self.position + 2]
        self.parts.append(pair[1:] if pair[1:] in ('"', "\\", "$", "`") else pair)
        self.position += len(pair)

    def _expansion(self) -> None:
        start = self.position
        if not self.text.startswith(("$(", "${", "`"), start):
            self._raw(start + 1)
            return
        end = _group_end(self.text, start)
        opening = 1 if self.text[start] == "`" else 2
        if self.text[start + opening - 1] != "{":
            self.nested.append(Span(start + opening, max(start + opening, end - 1)))
        self._raw(end)
