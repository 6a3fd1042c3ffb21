"""Shared by the YAML tests: read with both parsers, find nodes, and prove edits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from patcher.lang.yaml import parse
from patcher.lang.yaml_edit import add_entries
from patcher.lang.yaml_nodes import Entry, Mapping, Node, Sequence, Tree, target
from patcher.lang.yaml_style import Data
from patcher.text import Edit, Source
from tests.lang import gated
from tests.lang.yaml_trees import built

SYNTAX = Path(__file__).parents[2] / "fixtures" / "syntax" / "yaml"


def read(text: str, *, bom: bool = False) -> Tree:
    """The tree of a text; fails where the two parsers give other nodes or other spans."""
    source = Source("t.yml", text, bom)
    assert built(source, pure=True) == built(source, pure=False)
    return parse(source)


def model(text: str) -> Any:
    return read(text).model


def nodes(tree: Tree) -> Iterator[tuple[Mapping | None, Entry | None, Node]]:
    """Yield every node, with the mapping and entry whose value it is."""
    stack: list[tuple[Mapping | None, Entry | None, Node]] = [
        (None, None, node) for node in tree.documents if node is not None
    ]
    while stack:
        mapping, entry, node = stack.pop()
        yield mapping, entry, node
        if isinstance(node, Mapping):
            stack += [(node, one, one.value) for one in node.entries]
        elif isinstance(node, Sequence):
            stack += [(None, None, item) for item in node.items]


def node_at(tree: Tree, *route: str | int) -> Node:
    """The node at a route of the first document, as written: an alias stays one."""
    node = tree.documents[0]
    for part in route:
        inner = target(node) if node else None
        if isinstance(inner, Mapping):
            node = inner.resolved[str(part)].value
        else:
            assert isinstance(inner, Sequence)
            node = inner.items[int(part)]
    assert node is not None
    return node


def mapping_at(tree: Tree, *route: str | int) -> Mapping:
    node = target(node_at(tree, *route))
    assert isinstance(node, Mapping)
    return node


def written(tree: Tree, *route: str | int) -> str:
    """The characters of the node at a route."""
    return tree.source.at(node_at(tree, *route).span)


def comments(tree: Tree) -> list[str]:
    return [tree.source.at(span) for span in tree.comments]


def proven(tree: Tree, edits: Iterable[Edit]) -> str:
    """The edited text; fails where a gate refuses it or the parsers differ on it."""
    made = tuple(edits)
    text = gated.proven(tree, made)
    old, new = tree.source, tree.source.with_text(text)
    assert built(new, pure=True) == built(new, pure=False)
    inserted = "".join(edit.text for edit in made)
    assert ("\r" in inserted) <= ("\r" in old.text)
    assert ("\n" in inserted) <= ("\n" in old.text or "\r" not in old.text)
    return text


def added(text: str, *route: str | int, new: Data = "x", key: str = "new") -> str:
    """The text with `new: x` added to the mapping at `route`, wherever that shows."""
    tree = read(text)
    mapping = mapping_at(tree, *route)
    return proven(tree, add_entries(tree, mapping, [(key, new)], at=tree.routes(mapping)))
