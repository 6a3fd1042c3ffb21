"""Edits of YAML files: splices that add or rewrite one entry and leave every other byte alone.

Each function returns Edits with every model route that they change, or raises CannotEdit with the
reason. `at` names the routes at which the caller wants the change: where the node shows elsewhere
too, through an anchor, the edit is refused; `x-` extension fields do not count as use.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any, Final

from patcher.lang.edit_error import CannotEdit
from patcher.lang.model import dotted, lookup
from patcher.lang.yaml_nodes import Entry, Mapping, Node, Scalar, Tree, target
from patcher.lang.yaml_nodes import Sequence as YamlSequence
from patcher.lang.yaml_scalars import Tagged
from patcher.lang.yaml_style import (
    Data,
    block_lines,
    column,
    dash_offsets,
    ends_in_open_text,
    flow_text,
    model_of,
    style_of,
)
from patcher.text import Edit, Route, Touch

Items = Sequence[tuple[str, Data]]

# a comment ends at what only YAML takes for a line break, and other text may stand behind
_REST_OF_LINE: Final = re.compile(r"[ \t]*(#[^\x85\u2028\u2029]*)?$")
# atomic, so that the two characters of one CRLF are not taken for two line ends
_BLANK_LINE: Final = re.compile(r"(?>\r\n|\n|\r)[ \t]*(?>\r\n|\n|\r)")
_COMMENT_OR_BLANK: Final = re.compile(r"(?>\r\n|\n|\r)([ \t]*)(#[^\r\n]*)?(?=[\r\n]|\Z)")
_CORE_TAG: Final = "tag:yaml.org,2002:"
_LINE_PREFIX: Final = re.compile(r" *(- +)*$")


def add_entries(
    tree: Tree,
    mapping: Mapping,
    items: Items,
    *,
    at: Collection[Route],
    after: Entry | None = None,
    separate: bool = False,
) -> tuple[Edit, ...]:
    """Add `items` to `mapping`, behind `after` or its last entry, in the style of its file.

    In a block they go before trailing comments and blank lines, which belong to what follows; a
    blank line is set before each where most siblings have one, or, with `separate`, where the
    mapping has no two siblings to tell.
    """
    touches = _added(tree, mapping, items, at)
    if mapping.flow:
        return (_flow_insert(tree, mapping, items, touches),)
    last = after or mapping.entries[-1]
    col = _entry_column(tree, mapping)
    blank = _separated(tree, mapping, default=separate)
    lines: list[str] = []
    for key, value in items:
        lines += [""] * blank + block_lines(key, value, col, tree)
    return (_insert_lines(tree, last.end, col, lines, touches),)


def fill_null(
    tree: Tree, mapping: Mapping, entry: Entry, items: Items, *, at: Collection[Route]
) -> tuple[Edit, ...]:
    """Give an entry without a value (`default:`, `default: null`) the mapping `items`.

    `at` names the routes of the entry's value.
    """
    value = {key: model_of(item) for key, item in items}
    touches = _set(tree, entry.value, value, at)
    if mapping.flow:
        text = " " + flow_text(dict(items), style_of(tree), json=_is_json(mapping))
        colon = tree.source.text.find(":", entry.key.end, entry.value.start + 1)
        if colon < 0:
            raise CannotEdit(f"`{entry.name}` has no colon")
        return (Edit(tree.source.path, colon + 1, entry.value.end, text, touches),)
    col = _entry_column(tree, mapping) + style_of(tree).indent
    lines = [line for key, item in items for line in block_lines(key, item, col, tree)]
    insert = _insert_lines(tree, entry.value.end, col, lines, touches)
    if entry.value.start == entry.value.end:
        return (insert,)
    start = _after_colon(tree, entry)
    return (Edit(tree.source.path, start, entry.value.end, ""), insert)


def sequence_to_mapping(
    tree: Tree, mapping: Mapping, entry: Entry, items: Items, *, at: Collection[Route]
) -> tuple[Edit, ...]:
    """Rewrite a list of texts as a mapping: its items, in order, first, then what `items` adds.

    `items` begins with the list's own items, in order; quotes and comments stay.
    """
    sequence = target(entry.value)
    if sequence is not entry.value and (owner := tree.owner(sequence)) is not None:
        mapping, entry = owner
    if not isinstance(sequence, YamlSequence) or not items:
        raise CannotEdit(f"`{entry.name}` is not a list of names")
    names = [item.value for item in sequence.items if isinstance(item, Scalar)]
    if [key for key, _ in items][: len(sequence.items)] != names:
        raise CannotEdit(f"`{entry.name}` is not a list of plain names")
    value = {key: model_of(item) for key, item in items}
    touches = _set(tree, sequence, value, at)
    if sequence.flow:
        return _flow_list_to_mapping(tree, mapping, entry, sequence, items, touches)
    return _block_list_to_mapping(tree, entry, sequence, items, touches)


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
    return (Edit(tree.source.path, start, end, new, _set(tree, scalar, value, at)),)


def _added(tree: Tree, mapping: Mapping, items: Items, at: Collection[Route]) -> tuple[Touch, ...]:
    routes = _routes(tree, mapping, at)
    for route in routes:
        present = lookup(tree.model, route)
        present = present.value if isinstance(present, Tagged) else present
        present = present if isinstance(present, dict) else {}
        if taken := [key for key, _ in items if key in present]:
            raise CannotEdit(f"`{dotted(route)}` already has `{taken[0]}`")
    return tuple(Touch((*route, key), model_of(value)) for route in routes for key, value in items)


def _set(tree: Tree, node: Node, value: Any, at: Collection[Route]) -> tuple[Touch, ...]:
    if node.tag is not None and not node.tag.startswith(_CORE_TAG):
        value = Tagged(node.tag, value)
    return tuple(Touch(route, value) for route in _routes(tree, node, at))


def _routes(tree: Tree, node: Node, at: Collection[Route]) -> tuple[Route, ...]:
    routes = tree.routes(node)
    others = [route for route in routes if route not in at and not _is_extension(route)]
    if others:
        names = ", ".join(f"`{dotted(route)}`" for route in others[:3])
        raise CannotEdit(f"it is shared through an anchor with {names}, which would change too")
    return routes


def _is_extension(route: Route) -> bool:
    return bool(route) and str(route[0]).startswith("x-")


def _entry_column(tree: Tree, mapping: Mapping) -> int:
    first = mapping.entries[0].start
    col = column(tree.source, first)
    if not _LINE_PREFIX.match(tree.source.text, first - col, first):
        raise CannotEdit("the mapping does not begin on a line of its own")
    return col


def _separated(tree: Tree, mapping: Mapping, *, default: bool) -> bool:
    text = tree.source.text
    gaps = [
        text[before.end : after.start]
        for before, after in zip(mapping.entries, mapping.entries[1:], strict=False)
    ]
    blank = sum(_BLANK_LINE.search(gap) is not None for gap in gaps)
    return 2 * blank > len(gaps) if gaps else default


def _insert_lines(
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
        return Edit(source.path, end, end, "".join(line + eol for line in lines), touches)
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


def _after_colon(tree: Tree, entry: Entry) -> int:
    match = re.compile(r"[ \t]*:").match(tree.source.text, entry.key.end)
    if match is None or entry.value.anchor or entry.value.tag:
        raise CannotEdit(f"`{entry.name}` is written in an unusual way")
    return match.end()


def _is_json(mapping: Mapping) -> bool:
    return bool(mapping.entries) and mapping.entries[0].key.style == '"'


def _flow_insert(tree: Tree, mapping: Mapping, items: Items, touches: tuple[Touch, ...]) -> Edit:
    source, style, json = tree.source, style_of(tree), _is_json(mapping)
    text = ", ".join(flow_text({key: value}, style, json=json)[1:-1] for key, value in items)
    if not mapping.entries:
        return Edit(source.path, mapping.body + 1, mapping.body + 1, text, touches)
    last = mapping.entries[-1]
    start = source.line_start(last.start)
    alone = not source.text[start : last.start].strip() and len(mapping.entries) > 1
    glue = f",{source.eol}{source.text[start : last.start]}" if alone else ", "
    if source.text[last.end - 1] == ":":  # `{a:, b: c}` reads as a key `a:,`
        glue = " " + glue
    return Edit(source.path, last.end, last.end, glue + text, touches)


def _flow_list_to_mapping(
    tree: Tree,
    mapping: Mapping,
    entry: Entry,
    sequence: YamlSequence,
    items: Items,
    touches: tuple[Touch, ...],
) -> tuple[Edit, ...]:
    path = tree.source.path
    if any(sequence.start <= comment.start < sequence.end for comment in tree.comments):
        raise CannotEdit(f"comments stand inside the one-line list of `{entry.name}`")
    if mapping.flow or sequence.start != sequence.body:  # an anchor or a tag stays before it
        text = flow_text(dict(items), style_of(tree), json=_is_json(mapping))
        return (Edit(path, sequence.body, sequence.end, text, touches),)
    col = _entry_column(tree, mapping) + style_of(tree).indent
    lines = [line for key, value in items for line in block_lines(key, value, col, tree)]
    return (
        Edit(path, _after_colon(tree, entry), sequence.end, ""),
        _insert_lines(tree, sequence.end, col, lines, touches),
    )


def _block_list_to_mapping(
    tree: Tree,
    entry: Entry,
    sequence: YamlSequence,
    items: Items,
    touches: tuple[Touch, ...],
) -> tuple[Edit, ...]:
    source, indent = tree.source, style_of(tree).indent
    dashes = dash_offsets(source, sequence)
    dash_col, key_col = column(source, dashes[0]), column(source, entry.start)
    # a list may stand at its key's own column, a mapping may not
    col = dash_col if dash_col > key_col else key_col + indent
    edits: list[Edit] = []
    for dash, item, (_, value) in zip(dashes, sequence.items, items, strict=False):
        if "#" in source.text[dash : item.start]:
            raise CannotEdit(f"a comment stands between a dash and its item in `{entry.name}`")
        name = " " * (col - dash_col) + source.text[item.start : item.end] + ":"
        lines = block_lines("_", value, col, tree)[1:]
        edits += [
            Edit(source.path, dash, item.end, name),
            _insert_lines(tree, item.end, col + indent, lines, ()),
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
