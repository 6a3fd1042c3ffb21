"""nginx configuration, read without loss by two readers that must agree.

Our scanner (nginx_tokens) gives every directive, argument, block and comment its exact span;
crossplane reads the same text, and where it sees other directives the file is refused.
"""

from __future__ import annotations

from dataclasses import field
from typing import Final

from patcher.lang.cache import cached_by_length
from patcher.lang.nginx_crossplane import check_agreement
from patcher.lang.nginx_tokens import Kind, Token, refusal, scan, unquote
from patcher.lang.nginx_tree import Block, Directive, Tree, Word
from patcher.records import dataclass
from patcher.text import Source, Span

MAX_DEPTH: Final = 200
"""Blocks within blocks; nginx has no bound of its own, real files stay below 10."""

MAX_TOKENS: Final = 300_000
"""Words, marks and comments of one file; the largest real ones have a few thousand."""


def parse(source: Source) -> Tree:
    """Return the tree of `source`.

    Raises UserError with path, line, column and what to do where nginx would refuse the text, where
    it is a template, nests deeper than MAX_DEPTH or holds more than MAX_TOKENS, or where crossplane
    reads something else.
    """
    if source.bom:
        todo = "save the file as UTF-8 without BOM"
        raise refusal(source, 0, "a byte order mark, which nginx reads as text", todo)
    return Tree(source, *_parsed(source.path, source.text))


@cached_by_length(lambda path, text: len(path) + len(text))
def _parsed(path: str, text: str) -> tuple[tuple[Directive, ...], tuple[Span, ...]]:
    source = Source(path, text)
    builder = _Builder(source)
    count = 0
    for token in scan(source):
        count += token.kind is not Kind.SPACE
        if count > MAX_TOKENS:
            message = f"more than {MAX_TOKENS:,} words and marks, the most that hanna-fix reads"
            raise refusal(source, token.span.start, message, "leave the file out")
        builder.take(token)
    directives = builder.finish()
    check_agreement(source, directives)
    return directives, tuple(builder.comments)


@dataclass(slots=True)
class _Open:
    """A block whose end was not seen yet."""

    words: list[Word]
    brace: int
    directives: list[Directive] = field(default_factory=list)
    lua: Word | None = None


class _Builder:
    """Puts tokens together to directives; keeps a stack, so nesting costs no recursion."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._words: list[Word] = []
        self._stack = [_Open([], 0)]
        self.comments: list[Span] = []

    def take(self, token: Token) -> None:
        """Take the next token; raises UserError where it cannot stand here."""
        match token.kind:
            case Kind.COMMENT:
                self.comments.append(token.span)
            case Kind.WORD:
                self._words.append(self._word(token.span))
            case Kind.LUA:
                code = self._source.at(token.span)
                self._stack[-1].lua = Word(token.span, code, code)
            case Kind.END:
                self._require_name(token)
                self._add(self._words, token.span.end)
                self._words = []
            case Kind.OPEN:
                self._open(token)
            case Kind.CLOSE:
                self._close(token)

    def finish(self) -> tuple[Directive, ...]:
        """Return the top-level directives; raises UserError where something is still open."""
        self._require_end()
        if len(self._stack) > 1:
            start = self._stack[-1].words[0]
            message = f'the block of "{start.value}" is not closed'
            raise refusal(self._source, start.span.start, message, "add the missing `}`")
        return tuple(self._stack[0].directives)

    def _word(self, span: Span) -> Word:
        raw = self._source.at(span)
        return Word(span, raw, unquote(raw))

    def _open(self, token: Token) -> None:
        self._require_name(token)
        if len(self._stack) > MAX_DEPTH:
            message = f"blocks nest more than {MAX_DEPTH} deep, the most that hanna-fix reads"
            raise refusal(self._source, token.span.start, message, "nest less deeply")
        self._stack.append(_Open(self._words, token.span.start))
        self._words = []

    def _close(self, token: Token) -> None:
        self._require_end()
        if len(self._stack) == 1:
            message = 'unexpected "}": no block is open here'
            raise refusal(self._source, token.span.start, message, "remove it, or add its `{`")
        block = self._stack.pop()
        self._add(block.words, token.span.end, block)

    def _add(self, words: list[Word], end: int, opened: _Open | None = None) -> None:
        name, *args = words
        block, lua = None, None
        if opened is not None:
            lua = opened.lua
            block = None if lua else Block(Span(opened.brace, end), tuple(opened.directives))
        line, _ = self._source.line_column(name.span.start)
        span = Span(name.span.start, end)
        directive = Directive(name, tuple(args), span, line, block, lua)
        self._stack[-1].directives.append(directive)

    def _require_name(self, token: Token) -> None:
        if not self._words:
            message = f'unexpected "{token.kind.value}": no directive stands before it'
            raise refusal(self._source, token.span.start, message, "remove it")

    def _require_end(self) -> None:
        if self._words:
            message = f'directive "{self._words[0].value}" is not terminated by ";"'
            raise refusal(self._source, self._words[-1].span.end, message, "add the `;`")
