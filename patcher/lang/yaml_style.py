"""How a YAML file is written, and new text written the same way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from json import dumps
from typing import Any

from patcher.lang.edit_error import CannotEdit
from patcher.lang.yaml_copy import copied_lines
from patcher.lang.yaml_nodes import MERGE_KEY, Entry, Mapping, Node, Scalar, Sequence, Tree, plain
from patcher.lang.yaml_scalars import may_stand_plain, quoted
from patcher.once import once_each
from patcher.records import dataclass
from patcher.text import Source


@dataclass(frozen=True, slots=True)
class Flow:
    """A list to be written in one line, `["a", "b"]`, its texts quoted."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quoted:
    """A text to be written in quotes even where it could stand plain."""

    text: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A text to be written line by line behind `|`, as an item of a list.

    It ends with one newline, and its first line is not indented.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Merged:
    """A mapping that has an anchor, to be brought in by a merge key: the value of `<<`."""

    mapping: Mapping


Data = Any
"""What an edit writes: dict, list, str, int, bool, None, one of the above, or an `Entry` to copy.

A copied `Entry` stands for its own value, as written in its file. The value of a dict's `<<` is
the `Entry` of a merge key, or a `Merged`.
"""


def model_of(data: Data) -> Any:
    """Return the plain data that `data` reads back as."""
    if isinstance(data, Entry):
        return plain(data.value)
    if isinstance(data, Flow):
        return list(data.items)
    if isinstance(data, Quoted | Literal):
        return data.text
    if isinstance(data, dict):
        own = {key: model_of(value) for key, value in data.items() if key != MERGE_KEY}
        return {**_brought(data.get(MERGE_KEY)), **own}
    return [model_of(item) for item in data] if isinstance(data, list) else data


def _brought(merge: Data) -> dict[str, Any]:
    """Return what the value of `<<` brings; a merge key's entry reads as a mapping of it alone."""
    if isinstance(merge, Entry):
        merge = Merged(Mapping(0, 0, 0, None, None, 1, 1, entries=(merge,), flow=False))
    return dict(plain(merge.mapping)) if isinstance(merge, Merged) else {}


@dataclass(frozen=True, slots=True)
class Style:
    """The habits of one file: columns per nesting level, column of a dash under its key, quotes."""

    indent: int
    dash: int
    quote: str


@once_each
def style_of(tree: Tree) -> Style:
    """Return what most of the file does; where it shows nothing, two columns and double quotes."""
    indents: Counter[int] = Counter()
    dashes: Counter[int] = Counter()
    quotes: Counter[str] = Counter()
    for parent, child in _children(tree):
        if isinstance(child, Scalar) and child.style in ("'", '"') and child.style:
            quotes[child.style] += 1
        if isinstance(parent, Entry) and isinstance(child, Mapping) and not child.flow:
            step = column(tree.source, child.entries[0].start) - column(tree.source, parent.start)
            if step > 0:  # what stands behind a line break of some readers only tells nothing
                indents[step] += 1
        if isinstance(parent, Entry) and isinstance(child, Sequence) and not child.flow:
            step = dash_column(tree.source, child) - column(tree.source, parent.start)
            if step >= 0:
                dashes[step] += 1
    quote = "'" if quotes["'"] > quotes['"'] else '"'
    return Style(_most(indents, 2), _most(dashes, _most(indents, 2)), quote)


def _most(counter: Counter[int], default: int) -> int:
    common = [value for value, _ in counter.most_common(1)]
    return common[0] if common else default


def _children(tree: Tree) -> Iterator[tuple[Entry | Node, Node]]:
    stack = [node for node in tree.documents if node is not None]
    while stack:
        node = stack.pop()
        if isinstance(node, Mapping):
            for entry in node.entries:
                yield entry, entry.value
                stack.append(entry.value)
        elif isinstance(node, Sequence):
            for item in node.items:
                yield node, item
                stack.append(item)


def column(source: Source, offset: int) -> int:
    """Return the column of `offset`, from 0."""
    return offset - source.line_start(offset)


def dash_offsets(source: Source, sequence: Sequence) -> tuple[int, ...]:
    """Return where the dashes of a block sequence stand."""
    offsets: list[int] = []
    position = sequence.body
    for item in sequence.items:
        offset = source.text.find("-", position)
        while "#" in source.text[source.line_start(offset) : offset] and offset < item.start:
            offset = source.text.find("-", source.line_end(offset))
        offsets.append(offset)
        position = item.end
    return tuple(offsets)


def dash_column(source: Source, sequence: Sequence) -> int:
    """Return the column of a block sequence's first dash, from 0."""
    return column(source, dash_offsets(source, sequence)[0])


def scalar_text(value: Data, style: Style, *, json: bool = False) -> str:
    """Return a scalar as this file would write it; `json` asks for JSON's quotes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null" if json else ""
    if isinstance(value, int):
        return str(value)
    if json:
        return dumps(value.text if isinstance(value, Quoted) else value, ensure_ascii=False)
    if isinstance(value, Quoted):
        return quoted(value.text, style.quote)
    return value if may_stand_plain(value) else quoted(value, style.quote)


def flow_text(value: Data, style: Style, *, json: bool = False) -> str:
    """Return any data in one line; `json` quotes keys and texts as JSON does."""
    if isinstance(value, Flow):
        texts = (scalar_text(Quoted(item), style, json=json) for item in value.items)
        return "[" + ", ".join(texts) + "]"
    if isinstance(value, list):
        return "[" + ", ".join(flow_text(item, style, json=json) for item in value) + "]"
    if isinstance(value, Merged):
        return f"*{value.mapping.anchor}"
    if isinstance(value, dict):
        pairs = (
            f"{_key_text(key, style, json=json)}: {flow_text(item, style, json=json)}"
            for key, item in value.items()
        )
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, Entry | Literal):
        raise CannotEdit("what takes several lines cannot be written into a one-line mapping")
    return scalar_text(value, style, json=json)


def _key_text(key: str, style: Style, *, json: bool = False) -> str:
    return key if key == MERGE_KEY else scalar_text(key, style, json=json)


def block_lines(key: str, value: Data, col: int, tree: Tree) -> list[str]:
    """Return the lines, without newlines, of `key: value` at column `col`."""
    style = style_of(tree)
    name = _key_text(key, style)
    pad = " " * col
    if isinstance(value, Entry):
        return copied_lines(tree.source, value, col)
    if isinstance(value, dict) and value:
        nested = [block_lines(name, item, col + style.indent, tree) for name, item in value.items()]
        return [f"{pad}{name}:", *(line for lines in nested for line in lines)]
    if isinstance(value, list) and value:
        items = [_item_lines(item, col + style.dash, style) for item in value]
        return [f"{pad}{name}:", *(line for lines in items for line in lines)]
    text = flow_text(value, style)
    return [f"{pad}{name}: {text}" if text else f"{pad}{name}:"]


def _item_lines(item: Data, col: int, style: Style) -> list[str]:
    dash = " " * col + "- "
    if not isinstance(item, Literal):
        return [dash + flow_text(item, style)]
    pad = " " * (col + style.indent)
    lines = item.text.removesuffix("\n").split("\n")
    return [f"{dash}|", *(pad + line if line else "" for line in lines)]


def ends_in_open_text(tree: Tree) -> bool:
    """Tell whether the file ends in a block scalar that a newline behind it would change."""
    node = tree.documents[-1]
    while isinstance(node, Mapping | Sequence):
        children = [one.value for one in node.entries] if isinstance(node, Mapping) else node.items
        node = children[-1] if children else None
    text = tree.source.text
    return (
        isinstance(node, Scalar)
        and node.style in ("|", ">")
        and text[-1] not in "\r\n"
        and "-" not in text[node.body : node.body + 3]
    )
