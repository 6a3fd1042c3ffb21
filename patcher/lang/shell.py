"""Shell text as the simple commands it may run, told apart from its comments.

A reader, not an executor (terms as in POSIX XCU 2.9): conditions, loops, case branches, function
bodies, subshells and command substitutions all yield their commands, because which branch is taken
is known only at run time. Here-document bodies are data and yield nothing.
"""

from __future__ import annotations

from typing import Final

from patcher.lang.shell_lexer import Kind, Token, tokens
from patcher.patterns import regex
from patcher.records import dataclass
from patcher.text import Span

_SKIPPED: Final = frozenset(
    ["if", "then", "elif", "else", "while", "until", "do", "!", "{", "time", "coproc"]
)
_CLOSING: Final = frozenset(["fi", "done", "}", "esac"])
_HEADERS: Final = frozenset(["for", "select", "case", "function"])
_ASSIGNMENT: Final = regex(r"[A-Za-z_][A-Za-z0-9_]*(\[[^]]*\])?\+?=")
_NEXT_BRANCH: Final = frozenset([";;", ";&", ";;&"])
_MAX_NESTING: Final = 8


@dataclass(frozen=True, slots=True)
class SimpleCommand:
    """One simple command. `span` counts characters of the text, leading assignments included.

    `words` are without quotes, assignments and redirections; expansions stay as written. `after`
    is the operator that ends the command (`&&`, `||`, `;`, `|`, `&`, a newline, …), "" at the end
    of the text.
    """

    words: tuple[str, ...]
    span: Span
    after: str


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment; `span` runs from the `#` to the end of its line, the newline left out.

    `body` is the span of what stands behind the number signs and white space.
    """

    span: Span
    body: Span


@dataclass(frozen=True, slots=True)
class Script:
    """The commands and the comments of one text, each in order."""

    commands: tuple[SimpleCommand, ...]
    comments: tuple[Comment, ...]


def read_script(text: str) -> Script:
    """Read shell `text`. Never raises, takes time linear in the text."""
    reader = _Reader(text, 0, 0)
    reader.run()
    return Script(tuple(reader.commands), tuple(reader.comments))


def _comment(token: Token) -> Comment:
    body = token.value.lstrip("#! \t")
    start = token.span.start + len(token.value) - len(body)
    end = start + len(body.rstrip())
    return Comment(Span(token.span.start, token.span.start + len(token.value)), Span(start, end))


class _Reader:
    def __init__(self, text: str, offset: int, depth: int) -> None:
        self.text = text
        self.offset = offset
        self.depth = depth
        self.commands: list[SimpleCommand] = []
        self.comments: list[Comment] = []
        self.words: list[str] = []
        self.span: Span | None = None
        self.context: list[str] = []
        self.header = ""
        self.in_pattern = False

    def run(self) -> None:
        for token in tokens(self.text):
            if token.kind is Kind.COMMENT:
                self.comments.append(_comment(token))
            elif token.kind is Kind.WORD:
                self._nested(token)
                self._word(token)
            elif token.kind is Kind.TARGET:
                self._nested(token)
                self._extend(token)
            elif not ("<" in token.value or ">" in token.value):
                self._operator(token.value)
        self._finish("")

    def _nested(self, token: Token) -> None:
        if self.depth >= _MAX_NESTING:
            return
        for span in token.nested:
            inner = _Reader(
                self.text[span.start : span.end], self.offset + span.start, self.depth + 1
            )
            inner.run()
            self.commands += inner.commands

    def _word(self, token: Token) -> None:
        if self.in_pattern:
            self._leave_case(token)
        elif self.header:
            self._header_word(token)
        elif self.words or not self._reserved(token):
            self._extend(token)
            if self.words or not _ASSIGNMENT.match(token.value):
                self.words.append(token.value)

    def _reserved(self, token: Token) -> bool:
        """Take a reserved word, which counts only unquoted and where a command may start."""
        if token.quoted or self.span is not None:
            return False
        if token.value in _HEADERS:
            self.header = token.value
        elif token.value == "esac":
            self._leave_case(token)
        return token.value in _SKIPPED | _CLOSING | _HEADERS

    def _leave_case(self, token: Token) -> None:
        if token.value == "esac":
            self.in_pattern = False
            if self.context[-1:] == ["case"]:
                self.context.pop()

    def _header_word(self, token: Token) -> None:
        if self.header == "function":
            self.header = ""
        elif self.header == "case" and token.value == "in":
            self.header, self.in_pattern = "", True
            self.context.append("case")

    def _operator(self, operator: str) -> None:
        if self.in_pattern:
            self.in_pattern = operator != ")"
        elif self.header:
            self.header = self.header if operator in ("(", ")") else ""
        elif operator == "(":
            self._open()
        elif operator == ")":
            self._close()
        else:
            self._finish(operator)
            if operator in _NEXT_BRANCH:
                self.in_pattern = self.context[-1:] == ["case"]

    def _open(self) -> None:
        """Enter a subshell; one word before it is the name of a function being defined."""
        self._drop() if len(self.words) == 1 else self._finish("(")
        self.context.append("(")

    def _close(self) -> None:
        if self.context[-1:] == ["("]:
            self.context.pop()
            self._finish(")")
        else:
            self._drop()  # the pattern of a case branch whose `case` was not seen

    def _extend(self, token: Token) -> None:
        start = self.offset + token.span.start if self.span is None else self.span.start
        self.span = Span(start, self.offset + token.span.end)

    def _drop(self) -> None:
        self.words, self.span = [], None

    def _finish(self, after: str) -> None:
        if self.words and self.span is not None:
            self.commands.append(SimpleCommand(tuple(self.words), self.span, after))
        self._drop()
