"""Rewriting a list of names as a mapping, as in `depends_on`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from patcher.lang.edit_error import CannotEdit
from patcher.lang.yaml_insert import (
    Items,
    after_colon,
    entry_column,
    insert_lines,
    is_json,
    own_line_column,
    set_touches,
)
from patcher.lang.yaml_nodes import Entry, Mapping, Node, Scalar, Sequence, Tree, plain, target
from patcher.lang.yaml_scalars import CORE_TAG
from patcher.lang.yaml_style import block_lines, dash_offsets, flow_text, model_of, style_of
from patcher.patterns import regex
from patcher.text import Edit, Route, Source, Touch

_LINE_BREAK: Final = regex(r"[\r\n\x85\u2028\u2029]")


def sequence_to_mapping(
    tree: Tree, mapping: Mapping, entry: Entry, items: Items, *, at: Collection[Route]
) -> tuple[Edit, ...]:
    """Rewrite a list of texts as a mapping: its items, in order, first, then what `items` adds.

    `items` begins with the list's own items, in order; quotes and comments stay.
    """
    sequence = target(entry.value)
    if sequence is not entry.value and (owner := tree.owner(sequence)) is not None:
        mapping, entry = owner
    if not isinstance(sequence, Sequence) or not items:
        raise CannotEdit(f"`{entry.name}` is not a list of names")
    if sequence.tag is not None and sequence.tag.startswith(CORE_TAG):
        raise CannotEdit(f"`{entry.name}` is tagged as a list")
    names = [_name(tree, item) for item in sequence.items]
    if [key for key, _ in items][: len(names)] != names:
        raise CannotEdit(f"`{entry.name}` is not a list of names in one line each")
    value = {key: model_of(item) for key, item in items}
    touches = set_touches(tree, sequence, value, at)
    if sequence.flow:
        return _flow_list_to_mapping(tree, mapping, entry, sequence, items, touches)
    return _block_list_to_mapping(tree, entry, sequence, items, touches)


def _name(tree: Tree, item: Node) -> str | None:
    """Return an item of a list that may stand as a key as well, None for any other."""
    if not isinstance(item, Scalar) or item.style in ("|", ">") or item.body == item.end:
        return None
    one_line = not _LINE_BREAK.search(tree.source.at(item.span))
    return item.value if one_line and plain(item) == item.value else None


def _flow_list_to_mapping(
    tree: Tree,
    mapping: Mapping,
    entry: Entry,
    sequence: Sequence,
    items: Items,
    touches: tuple[Touch, ...],
) -> tuple[Edit, ...]:
    path = tree.source.path
    if any(sequence.start <= comment.start < sequence.end for comment in tree.comments):
        raise CannotEdit(f"comments stand inside the one-line list of `{entry.name}`")
    written_here = entry.value is sequence and not mapping.flow
    start = _after_properties(tree, entry, sequence) if written_here else None
    if start is None:
        text = flow_text(dict(items), style_of(tree), json=is_json(mapping))
        return (Edit(path, sequence.body, sequence.end, text, touches),)
    col = entry_column(tree, mapping) + style_of(tree).indent
    lines = [line for key, value in items for line in block_lines(key, value, col, tree)]
    return (
        Edit(path, start, sequence.end, _gap(tree.source, sequence.end)),
        insert_lines(tree, sequence.end, col, lines, touches),
    )


def _after_properties(tree: Tree, entry: Entry, sequence: Sequence) -> int | None:
    """Return the offset after an entry's colon, or after the anchor and tag that stay before it.

    None where they stand on another line than the key.
    """
    if sequence.start == sequence.body:
        return after_colon(tree, entry)
    head = tree.source.text[entry.key.end : sequence.body]
    return None if _LINE_BREAK.search(head) else entry.key.end + len(head.rstrip())


def _block_list_to_mapping(
    tree: Tree,
    entry: Entry,
    sequence: Sequence,
    items: Items,
    touches: tuple[Touch, ...],
) -> tuple[Edit, ...]:
    source, indent = tree.source, style_of(tree).indent
    dashes = dash_offsets(source, sequence)
    dash_col, *_ = [own_line_column(source, dash, "an item") for dash in dashes]
    key_col = own_line_column(source, entry.start, "the list's key")
    # a list may stand at its key's own column, a mapping may not
    col = dash_col if dash_col > key_col else key_col + indent
    edits: list[Edit] = []
    for dash, item, (_, value) in zip(dashes, sequence.items, items, strict=False):
        if "#" in source.text[dash : item.start]:
            raise CannotEdit(f"a comment stands between a dash and its item in `{entry.name}`")
        name = " " * (col - dash_col) + source.text[item.start : item.end] + ":"
        name += _gap(source, item.end)
        lines = block_lines("_", value, col, tree)[1:]
        edits += [
            Edit(source.path, dash, item.end, name),
            insert_lines(tree, item.end, col + indent, lines, ()),
        ]
    added = [
        line
        for key, value in items[len(sequence.items) :]
        for line in block_lines(key, value, col, tree)
    ]
    last = edits.pop()
    eol = source.eol
    text = last.text + "".join(eol + line for line in added)
    return (*edits, Edit(source.path, last.start, last.end, text, touches))


def _gap(source: Source, end: int) -> str:
    """Return the blank that a comment right behind a value needs right behind a colon."""
    return " " if source.text[end : end + 1] == "#" else ""
