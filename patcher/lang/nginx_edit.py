"""Edits of nginx files: splices that change, add or remove directives and nothing around them.

Each function returns Edits that carry their touches of the model (nginx_model), or raises
CannotEdit with the reason. `route` names the block (nginx_tree), `()` the file's top level.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from patcher.errors import Bug
from patcher.lang.edit_error import CannotEdit
from patcher.lang.nginx_layout import (
    BLANKS,
    NEWLINE,
    attached_start,
    comments_in,
    indent_for,
    line_indent,
    newline,
    outer_indent,
    rest_of_line,
)
from patcher.lang.nginx_tokens import quote
from patcher.lang.nginx_tree import Directive, Tree, block_at, directive_at
from patcher.text import ABSENT, Edit, Route, Span, Touch

Statement = tuple[str, Sequence[str]]
"""A directive to be written: its name and the values of its arguments."""

_SEPARATORS: Final = " \t\r\n"


def add_directive(
    tree: Tree,
    route: Route,
    name: str,
    args: Sequence[str],
    *,
    after: Directive | None = None,
    before: Directive | None = None,
) -> tuple[Edit, ...]:
    """Add one directive; see add_directives."""
    return add_directives(tree, route, [(name, args)], after=after, before=before)


def add_directives(
    tree: Tree,
    route: Route,
    statements: Sequence[Statement],
    *,
    after: Directive | None = None,
    before: Directive | None = None,
) -> tuple[Edit, ...]:
    """Add `statements` to the block at `route`, behind `after` or ahead of `before`.

    With neither they go behind the simple directives that open the block, or ahead of its first
    directive. Ahead means above the comments attached to it. They take the indentation and newline
    of the file, and stay on one line where their neighbours share one. Raises CannotEdit where a
    name also opens a block there, which no nginx directive does.
    """
    siblings = block_at(tree, route)
    for name, _ in statements:
        _require_simple(siblings, name)
    if after is None and before is None:
        after, before = _default_place(siblings)
    neighbour = after or before
    position = 0 if neighbour is None else _position(siblings, neighbour) + (after is not None)
    lines = [" ".join(quote(word) for word in (name, *args)) + ";" for name, args in statements]
    if after is not None:
        span, text = _behind(tree, route, siblings, position - 1, lines)
    elif before is not None:
        span, text = _ahead(tree, route, siblings, position, lines)
    else:
        span, text = _into_empty(tree, route, lines)
    touches = _added(route, siblings, position, statements)
    return (Edit(tree.source.path, span.start, span.end, text, touches),)


def remove(tree: Tree, route: Route, directive: Directive) -> tuple[Edit, ...]:
    """Remove `directive` from the block at `route`, with its line where it is alone on it.

    A comment behind it on its line stays. Raises CannotEdit for a block, and where a comment
    stands between the arguments.
    """
    siblings = block_at(tree, route)
    position = _position(siblings, directive)
    _require_simple(siblings, directive.name.value)
    if comments_in(tree, directive.span):
        raise CannotEdit("a comment stands between its arguments")
    left = [*siblings[:position], *siblings[position + 1 :]]
    touch = _touch(route, directive.name.value, _values(left, directive.name.value))
    span = _removed_span(tree, directive)
    return (Edit(tree.source.path, span.start, span.end, "", (touch,)),)


def _default_place(siblings: Sequence[Directive]) -> tuple[Directive | None, Directive | None]:
    opening = None
    for each in siblings:
        if each.block or each.lua:
            break
        opening = each
    return (opening, None) if opening or not siblings else (None, siblings[0])


def _position(siblings: Sequence[Directive], directive: Directive) -> int:
    if directive not in siblings:
        raise Bug(f"directive {directive.name.value} is not in the block that is edited")
    return siblings.index(directive)


def _require_simple(siblings: Sequence[Directive], name: str) -> None:
    if any((each.block or each.lua) and each.name.value == name for each in siblings):
        raise CannotEdit(f"{name} opens a block here, and blocks are neither added nor removed")


def _added(
    route: Route, siblings: Sequence[Directive], position: int, statements: Sequence[Statement]
) -> tuple[Touch, ...]:
    touches = []
    for name in dict.fromkeys(name for name, _ in statements):
        new = [tuple(args) for other, args in statements if other == name]
        values = [*_values(siblings[:position], name), *new, *_values(siblings[position:], name)]
        touches.append(_touch(route, name, values))
    return tuple(touches)


def _values(directives: Sequence[Directive], name: str) -> list[tuple[str, ...]]:
    return [each.values for each in directives if each.name.value == name]


def _touch(route: Route, name: str, values: Sequence[tuple[str, ...]]) -> Touch:
    return Touch((*route, name), tuple(values) or ABSENT)


def _behind(
    tree: Tree, route: Route, siblings: Sequence[Directive], index: int, lines: Sequence[str]
) -> tuple[Span, str]:
    source, anchor = tree.source, siblings[index]
    end = rest_of_line(source, anchor.span.end)
    last_on_line = index + 1 == len(siblings) and line_indent(source, anchor.span.start) is not None
    if end is None and last_on_line:
        end = anchor.span.end
    if end is None:
        return Span(anchor.span.end, anchor.span.end), "".join(f" {line}" for line in lines)
    indent = newline(tree) + indent_for(tree, route, siblings, index)
    return Span(end, end), "".join(indent + line for line in lines)


def _ahead(
    tree: Tree, route: Route, siblings: Sequence[Directive], index: int, lines: Sequence[str]
) -> tuple[Span, str]:
    anchor = siblings[index]
    if line_indent(tree.source, anchor.span.start) is None:
        return Span(anchor.span.start, anchor.span.start), "".join(f"{line} " for line in lines)
    start, eol = attached_start(tree, anchor), newline(tree)
    indent = indent_for(tree, route, siblings, index)
    # A blank line keeps simple directives apart from the block that they are set ahead of.
    gap = eol if anchor.block or anchor.lua else ""
    return Span(start, start), "".join(indent + line + eol for line in lines) + gap


def _into_empty(tree: Tree, route: Route, lines: Sequence[str]) -> tuple[Span, str]:
    source, eol = tree.source, newline(tree)
    if not route:
        end = len(source.text)
        lead = "" if source.text[-1:] in ("", "\n", "\r") else eol
        return Span(end, end), lead + "".join(line + eol for line in lines)
    owner = directive_at(tree, route)
    if owner.block is None:
        raise Bug(f"no block at {route}")
    inside = Span(owner.block.span.start + 1, owner.block.span.end - 1)
    indent = indent_for(tree, route, (), 0)
    if NEWLINE.search(source.text, inside.start, inside.end):
        start = source.line_start(inside.end)
        return Span(start, start), "".join(indent + line + eol for line in lines)
    if line_indent(source, owner.span.start) is None:
        return inside, "".join(f" {line}" for line in lines) + " "
    body = "".join(eol + indent + line for line in lines)
    return inside, body + eol + outer_indent(tree, route)


def _removed_span(tree: Tree, directive: Directive) -> Span:
    source, start, end = tree.source, directive.span.start, directive.span.end
    line = source.line_start(start)
    blanks = BLANKS.match(source.text, end)
    rest = blanks.end() if blanks else end
    eol = NEWLINE.match(source.text, rest)
    if source.text[line:start].strip(" \t"):
        return Span(len(source.text[:start].rstrip(_SEPARATORS)), end)
    if eol is not None:
        return Span(line, eol.end())
    if rest == len(source.text):
        return Span(len(source.text[:line].removesuffix("\n").removesuffix("\r")), rest)
    return Span(start, rest)
