"""Edits of one directive's arguments, token by token: what is kept stays as it was written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final

from patcher.errors import Bug
from patcher.lang.edit_error import CannotEdit
from patcher.lang.nginx_layout import BLANKS, NEWLINE, comments_in, line_indent
from patcher.lang.nginx_tokens import quote
from patcher.lang.nginx_tree import Directive, Tree, Word, block_at
from patcher.text import Edit, Route, Span, Touch

MAX_ARGS: Final = 500
"""Longer argument lists are not edited: comparing them takes quadratic time."""

_Change = tuple[Span, str]


def set_args(
    tree: Tree, route: Route, directive: Directive, new_args: Sequence[str]
) -> tuple[Edit, ...]:
    """Give `directive`, which stands in the block at `route`, the arguments `new_args`.

    Arguments that stay keep their characters, and the white space and comments between them.
    Replaced ones change in place, removed ones go with the white space before them, added ones
    follow their predecessor; comments always stay. Raises CannotEdit for Lua blocks, for more than
    MAX_ARGS arguments, and for values that no word can hold. No edit where nothing changes.
    """
    siblings = block_at(tree, route)
    if directive not in siblings:
        raise Bug(f"directive {directive.name.value} is not in the block that is edited")
    if directive.lua is not None:
        raise CannotEdit("the arguments of a Lua block are not edited")
    if max(len(directive.args), len(new_args)) > MAX_ARGS:
        raise CannotEdit(f"more than {MAX_ARGS} arguments")
    values = tuple(
        tuple(new_args) if each == directive else each.values
        for each in siblings
        if each.name.value == directive.name.value
    )
    touches = (Touch((*route, directive.name.value), values),)
    changes = _changes(tree, directive, new_args)
    return tuple(
        Edit(tree.source.path, span.start, span.end, text, touches) for span, text in changes
    )


def _changes(tree: Tree, directive: Directive, new: Sequence[str]) -> Iterator[_Change]:
    words = (directive.name, *directive.args)
    matcher = SequenceMatcher(a=directive.values, b=tuple(new), autojunk=False)
    for tag, start, end, first, last in matcher.get_opcodes():
        if tag == "equal":
            continue
        paired = min(end - start, last - first)
        for index in range(start, start + paired):
            surplus = new[first + paired : last] if index == start + paired - 1 else ()
            yield _replaced(tree, words, index + 1, new[first + index - start], surplus)
        if not paired and first < last:
            yield _inserted(tree, words, start, new[first:last])
        if start + paired < end:
            yield from _removed(tree, words[start + paired : end + 1])


def _replaced(
    tree: Tree, words: Sequence[Word], index: int, value: str, surplus: Sequence[str]
) -> _Change:
    old = words[index]
    text = quote(value, old.raw) + _more(tree, words, index, surplus)
    # After `"a"` nginx lets `)` begin a word without white space; nothing else.
    lead = "" if tree.source.text[old.span.start - 1].isspace() else " "
    return old.span, lead + text + (_guard(tree, old.span.end) if surplus else "")


def _inserted(tree: Tree, words: Sequence[Word], index: int, values: Sequence[str]) -> _Change:
    end = words[index].span.end
    return Span(end, end), _more(tree, words, index, values) + _guard(tree, end)


def _more(tree: Tree, words: Sequence[Word], index: int, values: Sequence[str]) -> str:
    """Return `values` as further arguments, each on a line of its own where the last one is."""
    gap = tree.source.text[words[index - 1].span.end : words[index].span.start] if index > 1 else ""
    separator = gap if NEWLINE.search(gap) and gap.isspace() else " "
    return "".join(separator + quote(value) for value in values)


def _removed(tree: Tree, words: Sequence[Word]) -> Iterator[_Change]:
    """Yield the removal of all `words` but the first, which stays; comments between them stay."""
    start, end = words[0].span.end, words[0].span.end
    for word in words[1:]:
        comments = comments_in(tree, Span(end, word.span.start))
        if comments:
            yield from _cut(tree, start, end)
            indent = line_indent(tree.source, word.span.start) or ""
            start = word.span.start - len(indent)
        end = word.span.end
    yield from _cut(tree, start, end)


def _cut(tree: Tree, start: int, end: int) -> Iterator[_Change]:
    if start == end:
        return
    source = tree.source
    eol, behind = NEWLINE.match(source.text, end), BLANKS.match(source.text, end)
    if eol is not None and line_indent(source, start) is not None:
        yield Span(start, eol.end()), ""
    elif start == source.line_start(start) and behind and source.text[behind.end()] == "#":
        # The comment behind takes the place of what begins the line.
        indent = BLANKS.match(source.text, start)
        yield Span(indent.end() if indent else start, behind.end()), ""
    else:
        # nginx reads `${` as the start of a variable, not of a block.
        swallows = source.text[end] == "{" and source.text[start - 1] == "$"
        yield Span(start, end), " " if swallows else _guard(tree, end)


def _guard(tree: Tree, end: int) -> str:
    """Return the space that keeps a word ending at `end` apart from what follows, if one must."""
    return "" if tree.source.text[end] in " \t\r\n;{" else " "
