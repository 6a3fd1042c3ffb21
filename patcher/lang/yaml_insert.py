"""What the edits of YAML files have in common: declared changes, columns, inserted lines."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import dropwhile
from typing import Any, Final

from patcher.lang.edit_error import CannotEdit
from patcher.lang.model import dotted
from patcher.lang.yaml_nodes import Entry, Mapping, Node, Tree
from patcher.lang.yaml_scalars import CORE_TAG, Tagged
from patcher.lang.yaml_sharing import is_extension, node_at, shown_at
from patcher.lang.yaml_style import Data, column, ends_in_open_text, model_of
from patcher.patterns import regex
from patcher.text import Edit, Route, Source, Touch

Items = Sequence[tuple[str, Data]]

# a comment ends at what only YAML takes for a line break, and other text may stand behind
_REST_OF_LINE: Final = regex(r"[ \t]*(#[^\x85\u2028\u2029]*)?$")
_COMMENT_OR_BLANK: Final = regex(
    r"(?>\r\n|\n|\r)([ \t]*)(#[^\r\n\x85\u2028\u2029]*+[ \t\x85\u2028\u2029]*+)?(?=[\r\n]|\Z)"
)
_COLON: Final = regex(r"[ \t]*:")
_LINE_PREFIX: Final = regex(r" *(- +)*$")


def added_touches(
    tree: Tree,
    mapping: Mapping,
    items: Items,
    at: Collection[Route],
    *,
    besides: Collection[Mapping] = (),
    hide: bool = False,
) -> tuple[Touch, ...]:
    """Return the changes that new entries of `mapping` make, wherever they show.

    `besides` are mappings that get the same entries of their own in the same fix; `hide` tells
    that the entries may stand before those that the mapping itself merges. Raises CannotEdit where
    another is there already, or one would show at other routes than `at`.
    """
    found: list[Touch] = []
    for key, value in items:
        routes = shown_at(tree, mapping, key, besides)
        refuse_elsewhere(routes, at)
        merged = mapping.resolved.get(key) if hide and key not in mapping.own else None
        for route in routes:
            if (present := _present(tree, route, key)) is not None and present is not merged:
                raise CannotEdit(f"`{dotted(route)}` already has `{key}`")
            found.append(Touch((*route, key), model_of(value)))
    return tuple(found)


def _present(tree: Tree, route: Route, key: str) -> Entry | None:
    node = node_at(tree, route)
    return node.resolved.get(key) if isinstance(node, Mapping) else None


def set_touches(tree: Tree, node: Node, value: Any, at: Collection[Route]) -> tuple[Touch, ...]:
    """Return the changes that another `value` in place of `node` makes, its tag kept.

    Raises CannotEdit where the node shows at other routes than `at`.
    """
    if node.tag is not None and not node.tag.startswith(CORE_TAG):
        value = Tagged(node.tag, value)
    routes = tree.routes(node)
    refuse_elsewhere(routes, at)
    return tuple(Touch(route, value) for route in routes)


def refuse_elsewhere(routes: Sequence[Route], at: Collection[Route]) -> None:
    """Raise CannotEdit where a node shows at other routes than `at`; extension fields are none."""
    if others := elsewhere(routes, at):
        names = ", ".join(f"`{dotted(route)}`" for route in others[:3])
        raise CannotEdit(f"it is shared through an anchor with {names}, which would change too")


def elsewhere(routes: Sequence[Route], at: Collection[Route]) -> list[Route]:
    """Return the routes that are not in `at` and not in an extension field."""
    known = frozenset(at)
    return [route for route in routes if route not in known and not is_extension(route)]


def entry_column(tree: Tree, mapping: Mapping) -> int:
    """Return the column of the entries of a block mapping; raises CannotEdit without a line."""
    first = mapping.entries[0].key
    if not _COLON.match(tree.source.text, first.end):
        raise CannotEdit("the mapping begins with a key in long form, `?`")
    return own_line_column(tree.source, first.start, "the mapping")


def own_line_column(source: Source, offset: int, what: str) -> int:
    """Return the column of `offset`; raises CannotEdit where more than dashes stand before it.

    That is a `?`, a brace, or a line break that only some readers take for one.
    """
    col = column(source, offset)
    if not _LINE_PREFIX.match(source.text, offset - col, offset):
        raise CannotEdit(f"{what} does not begin on a line of its own")
    return col


def insert_lines(
    tree: Tree, end: int, col: int, lines: list[str], touches: tuple[Touch, ...]
) -> Edit:
    """Insert lines, written at column `col`, behind the entry that ends at `end`.

    They go behind its end-of-line comment, and behind comment lines that are indented deeper than
    they are: those belong to the entry, not to what follows.
    """
    source = tree.source
    eol = source.eol
    if end == len(source.text) and ends_in_open_text(tree):
        raise CannotEdit("the file ends in a text without a newline, which would get one")
    if end and source.text[end - 1] in "\r\n":  # a block scalar that keeps its blank lines
        text = "".join(line + eol for line in dropwhile(lambda line: not line, lines))
        return Edit(source.path, end, end, text, touches)
    line_end = source.line_end(end)
    if not _REST_OF_LINE.match(source.text, end, line_end):
        raise CannotEdit("other text stands behind the entry on its line")
    position = _behind_comments(source.text, line_end, col)
    return Edit(source.path, position, position, "".join(eol + line for line in lines), touches)


def _behind_comments(text: str, line_end: int, col: int) -> int:
    position = following = line_end
    while match := _COMMENT_OR_BLANK.match(text, following):
        following = match.end()
        if match[2] is not None:
            if len(match[1]) <= col:
                break
            position = following
    return position


def after_colon(tree: Tree, entry: Entry) -> int:
    """Return the offset after an entry's colon; raises CannotEdit for `? key` and properties."""
    match = _COLON.match(tree.source.text, entry.key.end)
    if match is None or entry.value.anchor or entry.value.tag:
        raise CannotEdit(f"`{entry.name}` is written in an unusual way")
    return match.end()


def is_json(mapping: Mapping) -> bool:
    """Tell whether a flow mapping is written as JSON, its keys in double quotes."""
    return bool(mapping.entries) and mapping.entries[0].key.style == '"'
