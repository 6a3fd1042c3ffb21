"""An entry copied from one place of a YAML file to another, as written."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from patcher.lang.edit_error import CannotEdit
from patcher.lang.yaml_nodes import MERGE_KEY, Alias, Entry, Mapping, Node, Scalar, Sequence, Tree
from patcher.patterns import regex
from patcher.text import Source

_LINE_BREAK: Final = regex(r"\r\n|\n|\r")
# what breaks lines for some readers only, and a byte order mark, which may not begin a line
_UNSURE: Final = regex(r"[\x85\u2028\u2029\ufeff]")
_NOTHING_MORE: Final = regex(r"(?:\s++|#[^\r\n]*+)*+")
_BLANKS_FOLLOW: Final = regex(r"[^\r\n]*+[\r\n]++[ \t]+(?:[\r\n]|\Z)")
_TAIL: Final = regex(r"[ \t]*+(?:#[^\r\n]*+)?")
_KEY_END: Final = regex(r"[ \t]*:(?=\s|\Z)")


def copied_lines(source: Source, entry: Entry, col: int) -> list[str]:
    """Return the lines of an existing entry as written, comments included, moved to column `col`.

    An anchored value is named by its alias instead, so that the anchor keeps one definition.
    Raises CannotEdit where the text cannot be moved, or holds further anchors.
    """
    pad = " " * col
    if entry.value.anchor is not None:
        return [f"{pad}{source.text[entry.key.start : entry.key.end]}: *{entry.value.anchor}"]
    if entry.key.anchor or any(node.anchor for node in _below(entry.value)):
        raise CannotEdit(f"`{entry.name}` defines anchors, which cannot be copied")
    old = entry.start - source.line_start(entry.start)
    if source.text[entry.start - old : entry.start].strip(" "):
        text = source.text[entry.start : entry.end]
        # inside of braces a plain text may end in a colon, and hold a tab behind one
        colon = text[-1] == ":" and entry.value.start < entry.value.end
        unsure = colon or "\t" in text or _LINE_BREAK.search(text)
        return _refuse_move(entry) if unsure else [pad + text]
    line_end = source.line_end(entry.end)
    if not _TAIL.fullmatch(source.text, entry.end, line_end):  # a comma or brace of flow style
        _refuse_move(entry)
    first, *rest = _LINE_BREAK.split(source.text[entry.start : line_end])
    return [pad + first, *(_moved(line, col - old, entry) for line in rest)]


def _moved(line: str, by: int, entry: Entry) -> str:
    if not line or by == 0:
        return line
    if by > 0:
        return " " * by + line
    if line[:-by].strip(" "):
        _refuse_move(entry)
    return line[-by:]


def _refuse_move(entry: Entry) -> list[str]:
    raise CannotEdit(f"the lines of `{entry.name}` cannot be moved to another place")


def require_copyable(
    tree: Tree, data: Any, mapping: Mapping, position: int, *, key: str = ""
) -> None:
    """Check that every entry to copy within `data` means the same in `mapping`, at `position`.

    A merge key may be copied into a new mapping only, where it stands under its own name, `key`.
    Raises CannotEdit for any other, for `? key`, where the text of a block scalar would take in
    what follows it, and where an alias would name nothing there, or something else: an anchor
    counts from where its node ends, up to the next one of its name, or the end of its document.
    """
    if isinstance(data, dict):
        for name, value in data.items():
            require_copyable(tree, value, mapping, position, key=name)
    if not isinstance(data, Entry):
        return
    text = tree.source.text
    if data.is_merge != (key == MERGE_KEY) or not _KEY_END.match(text, data.key.end):
        raise CannotEdit(f"`{data.name}` is written in a way that cannot be copied")
    if text.startswith(("---", "..."), data.start):  # at column 0 they end a document
        raise CannotEdit(f"`{data.name}` may not begin a line")
    if _UNSURE.search(text, data.start, tree.source.line_end(data.end)):
        raise CannotEdit(f"`{data.name}` holds characters that readers take differently")
    if _is_open(tree, data, position):
        raise CannotEdit(f"`{data.name}` ends in a text that would not end the same way there")
    for name, node in _named(data.value):
        if _anchored(tree, name, mapping, position) is not node:
            raise CannotEdit(f"`{data.name}` uses the anchor `{name}`, which is not known there")


def _is_open(tree: Tree, entry: Entry, position: int) -> bool:
    """Whether an entry ends in a block scalar that keeps blank lines, or lacks the last newline.

    A line of blanks at the new place, deeper than the text, would become text as well.
    """
    text = tree.source.text
    node = entry.value
    while isinstance(node, Mapping | Sequence) and not node.flow:
        node = node.entries[-1].value if isinstance(node, Mapping) else node.items[-1]
    if not isinstance(node, Scalar) or node.style not in ("|", ">") or entry.value.anchor:
        return False
    header = text[node.body : node.body + 3]
    no_newline = text[-1] not in "\r\n"
    comes_last = node.end == len(text) or _NOTHING_MORE.fullmatch(text, position) is not None
    grows = "+" in header or _BLANKS_FOLLOW.match(text, position) is not None
    return grows or (no_newline and comes_last and "-" not in header)


def _named(value: Node) -> Iterator[tuple[str, Node]]:
    """Yield the anchors that the copy of a value names, each with the node that it stands for."""
    if value.anchor is not None:
        yield value.anchor, value
        return
    yield from ((node.name, node.target) for node in _below(value) if isinstance(node, Alias))


def _anchored(tree: Tree, name: str, mapping: Mapping, position: int) -> Node | None:
    """Return the node that `*name` stands for at `position` in `mapping`, if one ends before it."""
    document = next(one for one in tree.documents if one is not None and _holds(one, mapping))
    before = [node for node in _anchors(document).get(name, ()) if node.start < position]
    found = max(before, key=lambda node: node.start, default=None)
    if found is None or found.end > position:
        return None
    # a node that holds the mapping ends behind the new entry
    return None if _holds(found, mapping) else found


def _holds(node: Node, other: Node) -> bool:
    return node.start <= other.start and other.end <= node.end


@lru_cache(maxsize=256)
def _anchors(document: Node) -> dict[str, list[Node]]:
    found: dict[str, list[Node]] = {}
    for node in _below(document):
        if node.anchor is not None:
            found.setdefault(node.anchor, []).append(node)
    return found


def _below(node: Node) -> Iterator[Node]:
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        if isinstance(current, Mapping):
            stack += [entry.value for entry in current.entries]
        elif isinstance(current, Sequence):
            stack += current.items
