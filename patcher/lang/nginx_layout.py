"""How an nginx file is laid out: its newlines, its indentation, and where a new line may go."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from patcher.lang.nginx_tree import Directive, Tree, directive_at, walk
from patcher.patterns import regex
from patcher.text import Route, Source, Span

DEFAULT_INDENT: Final = "    "

BLANKS: Final = regex(r"[ \t]*+")
NEWLINE: Final = regex(r"\r\n|\n|\r")
# A comment ends at a line feed only, as in nginx_tokens.
_REST_OF_LINE: Final = regex(r"[ \t]*+(?:#(?:[^\r\n]++|\r(?!\n))*+)?(?=[\r\n]|\Z)")
_COMMENT_LINE: Final = regex(r"[ \t]*+#")


def newline(tree: Tree) -> str:
    """Return the newline for new lines; never a lone CR in a file whose comments it cannot end."""
    eol = tree.source.eol
    return "\n" if eol == "\r" and tree.comments else eol


def line_indent(source: Source, offset: int) -> str | None:
    """Return the blanks before `offset` on its line; None where something else stands there."""
    before = source.text[source.line_start(offset) : offset]
    return before if not before.strip(" \t") else None


def rest_of_line(source: Source, offset: int) -> int | None:
    """Return the end of the line after `offset`, its comment included, if no token follows."""
    match = _REST_OF_LINE.match(source.text, offset)
    return match.end() if match else None


def indent_for(tree: Tree, route: Route, siblings: Sequence[Directive], near: int) -> str:
    """Return the indentation of a new line in the block at `route`, at position `near` of it.

    Taken from the nearest sibling that begins its line, else the block's own plus one step.
    """
    for index in sorted(range(len(siblings)), key=lambda index: abs(index - near)):
        indent = line_indent(tree.source, siblings[index].span.start)
        if indent is not None:
            return indent
    return outer_indent(tree, route) + _step(tree) if route else ""


def outer_indent(tree: Tree, route: Route) -> str:
    """Return the indentation of the line on which the directive at `route` begins."""
    start = tree.source.line_start(directive_at(tree, route).span.start)
    match = BLANKS.match(tree.source.text, start)
    return match.group() if match else ""


def attached_start(tree: Tree, directive: Directive) -> int:
    """Return the start of the first line of `directive` and the comments attached to it.

    Attached are the comment lines directly above, without a blank line in between; a comment that
    a blank line separates is a header of its file or block.
    """
    source = tree.source
    start = source.line_start(directive.span.start)
    while start > 0:
        above = source.line_start(start - 1)
        match = _COMMENT_LINE.match(source.text, above)
        if match is None or not _is_comment(tree, match.end() - 1):
            break
        start = above
    return start


def comments_in(tree: Tree, span: Span) -> tuple[Span, ...]:
    """Return the comments that begin within `span`."""
    first = bisect_left(tree.comments, span.start, key=lambda comment: comment.start)
    last = bisect_left(tree.comments, span.end, key=lambda comment: comment.start)
    return tree.comments[first:last]


def _is_comment(tree: Tree, offset: int) -> bool:
    return bool(comments_in(tree, Span(offset, offset + 1)))


def _step(tree: Tree) -> str:
    """Return what the first block that shows it indents its directives by."""
    source = tree.source
    for _, outer in walk(tree):
        indent = line_indent(source, outer.span.start)
        for inner in outer.block.directives if outer.block and indent is not None else ():
            deeper = line_indent(source, inner.span.start)
            if deeper and len(deeper) > len(indent or "") and deeper.startswith(indent or ""):
                return deeper.removeprefix(indent or "")
    return DEFAULT_INDENT
