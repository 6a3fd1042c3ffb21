"""Edits of YAML files: splices that add or rewrite one entry and leave every other byte alone.

Each function returns Edits with every model route that they change, or raises CannotEdit with the
reason. `at` names the routes at which the caller wants the change: where the node shows elsewhere
too, through an anchor, the edit is refused; `x-` extension fields do not count as use.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from patcher.lang.edit_error import CannotEdit
from patcher.lang.yaml_copy import require_copyable
from patcher.lang.yaml_insert import (
    Items,
    added_touches,
    after_colon,
    entry_column,
    insert_lines,
    is_json,
    set_touches,
)
from patcher.lang.yaml_nodes import Entry, Mapping, Scalar, Tree
from patcher.lang.yaml_style import block_lines, flow_text, model_of, style_of
from patcher.patterns import regex
from patcher.text import Edit, Route, Touch

# atomic, so that the two characters of one CRLF are not taken for two line ends
_BLANK_LINE: Final = regex(r"(?>\r\n|\n|\r)[ \t]*(?>\r\n|\n|\r)")


def add_entries(
    tree: Tree,
    mapping: Mapping,
    items: Items,
    *,
    at: Collection[Route],
    after: Entry | None = None,
    before: str | None = None,
    separate: bool = False,
    besides: Collection[Mapping] = (),
    hide: bool = False,
) -> tuple[Edit, ...]:
    """Add `items` to `mapping`, behind `after` or its last entry, in the style of its file.

    Where the last entry is named `before`, they go before it, so that of two entries that fixes add
    the order of the fixes decides nothing.

    In a block they go before trailing comments and blank lines, which belong to what follows; a
    blank line is set before each where most siblings have one, or, with `separate`, where the
    mapping has no two siblings to tell. `besides` are mappings that get the same entries of their
    own; with `hide` the entries may stand before others that come in by a merge key.
    """
    touches = added_touches(tree, mapping, items, at, besides=besides, hide=hide)
    if mapping.flow:
        return (_flow_insert(tree, mapping, before, items, touches),)
    last = after or _last(mapping, before)
    for _, value in items:
        require_copyable(tree, value, mapping, last.end)
    col = entry_column(tree, mapping)
    blank = _separated(tree, mapping, default=separate)
    lines: list[str] = []
    for key, value in items:
        lines += [""] * blank + block_lines(key, value, col, tree)
    return (insert_lines(tree, last.end, col, lines, touches),)


def fill_null(
    tree: Tree, mapping: Mapping, entry: Entry, items: Items, *, at: Collection[Route]
) -> tuple[Edit, ...]:
    """Give an entry without a value (`default:`, `default: null`) the mapping `items`.

    `at` names the routes of the entry's value.
    """
    touches = set_touches(tree, entry.value, model_of(dict(items)), at)
    if mapping.flow:
        text = " " + flow_text(dict(items), style_of(tree), json=is_json(mapping))
        colon = tree.source.text.find(":", entry.key.end, entry.value.start + 1)
        if colon < 0:
            raise CannotEdit(f"`{entry.name}` has no colon")
        return (Edit(tree.source.path, colon + 1, entry.value.end, text, touches),)
    for _, item in items:
        require_copyable(tree, item, mapping, entry.value.end)
    start = after_colon(tree, entry)
    if "#" in tree.source.text[start : entry.value.start]:
        raise CannotEdit(f"a comment stands between `{entry.name}` and its value")
    col = entry_column(tree, mapping) + style_of(tree).indent
    lines = [line for key, item in items for line in block_lines(key, item, col, tree)]
    insert = insert_lines(tree, entry.value.end, col, lines, touches)
    if entry.value.start == entry.value.end:
        return (insert,)
    return (Edit(tree.source.path, start, entry.value.end, ""), insert)


def replace_in_scalar(
    tree: Tree, scalar: Scalar, old: str, new: str, *, value: str, at: Collection[Route]
) -> tuple[Edit, ...]:
    """Replace `old`, which must stand exactly once in the scalar's written text, by `new`.

    White space in `old` stands for any white space, as folding leaves it; `value` is what the
    scalar reads as afterwards.
    """
    pattern = r"\s+".join(re.escape(word) for word in re.split(r"\s+", old))
    matches = list(re.finditer(pattern, tree.source.text[scalar.body : scalar.end]))
    if len(matches) != 1:
        raise CannotEdit("the text to change is not written in one piece")
    start, end = (scalar.body + offset for offset in matches[0].span())
    return (Edit(tree.source.path, start, end, new, set_touches(tree, scalar, value, at)),)


def _separated(tree: Tree, mapping: Mapping, *, default: bool) -> bool:
    text = tree.source.text
    gaps = [
        text[before.end : after.start]
        for before, after in zip(mapping.entries, mapping.entries[1:], strict=False)
    ]
    blank = sum(_BLANK_LINE.search(gap) is not None for gap in gaps)
    return 2 * blank > len(gaps) if gaps else default


def _last(mapping: Mapping, before: str | None) -> Entry:
    """Return the entry that new ones stand behind; there must be one."""
    *others, last = mapping.entries
    return others[-1] if others and last.name == before else last


def _flow_insert(
    tree: Tree, mapping: Mapping, before: str | None, items: Items, touches: tuple[Touch, ...]
) -> Edit:
    source, style, json = tree.source, style_of(tree), is_json(mapping)
    if source.text[mapping.body] != "{":
        raise CannotEdit("the mapping is one pair of a list, without braces")
    text = ", ".join(flow_text({key: value}, style, json=json)[1:-1] for key, value in items)
    if not mapping.entries:
        return Edit(source.path, mapping.body + 1, mapping.body + 1, text, touches)
    last = _last(mapping, before)
    start = source.line_start(last.start)
    alone = not source.text[start : last.start].strip() and len(mapping.entries) > 1
    glue = f",{source.eol}{source.text[start : last.start]}" if alone else ", "
    if source.text[last.end - 1] == ":":  # `{a:, b: c}` reads as a key `a:,`
        if last.value.start < last.value.end or last.key.end == last.end:
            raise CannotEdit(f"`{last.name}` ends in a colon")
        glue = " " + glue
    return Edit(source.path, last.end, last.end, glue + text, touches)
