"""`command` and `entrypoint` written as text, split as Compose splits them: no shell has a part.

Source: https://docs.docker.com/reference/compose-file/services/#command; what it leaves open was
tried with Compose 2.40.3, which takes the rules of the Go package mattn/go-shellwords.
"""

from __future__ import annotations

from dataclasses import field
from typing import Final

from patcher.patterns import regex
from patcher.records import dataclass

_SPACE: Final = " \t\r\n"
_END: Final = ";&|<>"
# where each quote is a character like any other
_PLAIN_INSIDE: Final = {"'": {'"', "("}, '"': {"'", "("}}
_DESCRIPTOR: Final = regex(r"[0-9]")


class CannotSplit(Exception):  # noqa: N818 - as CannotEdit, it is an answer
    """The text leaves a quote or a bracket open; Compose refuses it."""


def split(text: str) -> tuple[str, ...]:
    """Return the words of `text`.

    They end at the first `;`, `&`, `|`, `<` or `>` outside of quotes: Compose drops the rest, and a
    file descriptor before `>` with it. Raises CannotSplit where Compose refuses the text.
    """
    state = _Splitter()
    for char in text:
        if not state.take(char):
            break
    return state.finish()


@dataclass
class _Splitter:
    """The words so far, the one being read, and the quotes and brackets that are open."""

    words: list[str] = field(default_factory=list)
    word: str = ""
    is_word: bool = False
    is_escaped: bool = False
    open: set[str] = field(default_factory=set)

    def take(self, char: str) -> bool:
        """Read one character; False at one that ends the command."""
        if self.is_escaped:
            self.is_escaped = False
            self._add(char)
        elif char == "\\" and "'" not in self.open:
            self.is_escaped = True
        elif char in _PLAIN_INSIDE and not self.open & _PLAIN_INSIDE[char]:
            self._toggle(char)
            self.is_word |= char not in self.open
        elif not self.open and char in _SPACE:
            self._end_word()
        elif not self.open and char in _END:
            self._end(char)
            return False
        else:
            self._bracket(char)
            self._add(char)
        return True

    def _add(self, char: str) -> None:
        self.word += char
        self.is_word = True

    def _toggle(self, mark: str) -> None:
        self.open ^= {mark}

    def _bracket(self, char: str) -> None:
        """Note what opens or closes an expression, which Compose keeps as it is written."""
        if char == "`" and not self.open & {"'", '"', "("}:
            self._toggle("`")
        elif char in "()" and not self.open & {"'", '"', "`"}:
            if char == "(" and ("(" in self.open or not self.word.endswith("$")):
                raise CannotSplit(char)
            # a `)` that closes nothing opens an expression, too
            self._toggle("(")

    def _end_word(self) -> None:
        if self.is_word:
            self.words.append(self.word)
        self.word, self.is_word = "", False

    def _end(self, char: str) -> None:
        if char == ">" and _DESCRIPTOR.match(self.word):
            self.word, self.is_word = "", False

    def finish(self) -> tuple[str, ...]:
        """Return the words; raises CannotSplit where something is open still."""
        if self.is_escaped or self.open:
            raise CannotSplit("".join(self.open) or "\\")
        self._end_word()
        return tuple(self.words)
