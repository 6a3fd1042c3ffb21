"""Shell text as tokens with exact spans: words, operators, redirections and comments.

Follows the token recognition of POSIX (XCU 2.3) with the bash additions seen in container scripts.
Reads only: nothing is expanded. Every character is looked at once, whatever the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from patcher.lang.shell_word import CONTINUATION, WordReader
from patcher.patterns import regex
from patcher.text import Span

_OPERATOR: Final = regex(
    r"&&|\|\||;;&|;;|;&|\|&|&>>|&>|<<<|<<-|<<|>>|>&|<&|<>|>\||[;|&()<>]", re.ASCII
)
_COMMENT: Final = regex(r"#[^\n]*")


class Kind(Enum):
    """What a token is; TARGET is the word after a redirection operator."""

    WORD = auto()
    TARGET = auto()
    OPERATOR = auto()
    NEWLINE = auto()
    COMMENT = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """One token. `span` counts characters of the text.

    `value` is a word without its quotes (expansions as written), an operator or a comment as
    written. `quoted` tells a word of which a part was quoted; `nested` holds the spans of the
    commands inside its command substitutions.
    """

    kind: Kind
    span: Span
    value: str
    quoted: bool = False
    nested: tuple[Span, ...] = ()


def tokens(text: str) -> list[Token]:
    """Return the tokens of `text` in order, white space and here-document bodies left out.

    Never raises: a quote or substitution that is not closed runs to the end of the text.
    """
    return _Lexer(text).run()


class _Lexer:
    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.found: list[Token] = []
        self.redirection = ""
        self.heredocs: list[tuple[str, bool]] = []

    def run(self) -> list[Token]:
        while self.position < len(self.text):
            self._next()
        return self.found

    def _next(self) -> None:
        start, char = self.position, self.text[self.position]
        if char in " \t\r":
            self.position += 1
        elif char == "\n":
            self._newline()
        elif char == "#":
            self._take(_COMMENT, Kind.COMMENT)
        elif operator := _OPERATOR.match(self.text, start):
            self._operator(operator.group())
        elif continuation := CONTINUATION.match(self.text, start):
            self.position = continuation.end()
        else:
            self._word()

    def _take(self, pattern: re.Pattern[str], kind: Kind) -> None:
        match = pattern.match(self.text, self.position)
        end = match.end() if match else len(self.text)
        span = Span(self.position, end)
        self.position = end
        self.found.append(Token(kind, span, self.text[span.start : span.end].rstrip("\r")))

    def _operator(self, operator: str) -> None:
        self._drop_descriptor(operator)
        self._take(_OPERATOR, Kind.OPERATOR)
        self.redirection = operator if "<" in operator or ">" in operator else ""

    def _drop_descriptor(self, operator: str) -> None:
        """Drop the `2` of `2>file`: a descriptor, not a word of the command."""
        last = self.found[-1] if self.found else None
        if (
            last is not None
            and operator[0] in "<>"
            and last.kind is Kind.WORD
            and last.span.end == self.position
            and last.value.isdecimal()
            and not last.quoted
        ):
            self.found.pop()

    def _newline(self) -> None:
        span = Span(self.position, self.position + 1)
        self.found.append(Token(Kind.NEWLINE, span, "\n"))
        self.position += 1
        self.redirection = ""
        for delimiter, strip in self.heredocs:
            self._skip_heredoc(delimiter, strip)
        self.heredocs = []

    def _skip_heredoc(self, delimiter: str, strip: bool) -> None:
        while self.position < len(self.text):
            newline = self.text.find("\n", self.position)
            end = len(self.text) if newline < 0 else newline
            line = self.text[self.position : end].rstrip("\r")
            self.position = min(end + 1, len(self.text))
            if (line.lstrip("\t") if strip else line) == delimiter:
                return

    def _word(self) -> None:
        word = WordReader(self.text, self.position)
        word.read()
        span = Span(self.position, word.position)
        self.position = word.position
        value = "".join(word.parts)
        kind = Kind.TARGET if self.redirection else Kind.WORD
        if self.redirection in ("<<", "<<-"):
            self.heredocs.append((value, self.redirection == "<<-"))
        self.redirection = ""
        self.found.append(Token(kind, span, value, word.quoted, tuple(word.nested)))
