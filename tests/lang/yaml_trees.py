"""The node tree of a text as plain tuples, from either parser, to be compared."""

from __future__ import annotations

from typing import Any

from patcher.lang.yaml import events
from patcher.lang.yaml_build import Builder
from patcher.lang.yaml_nodes import Alias, Mapping, Node, Scalar, Sequence
from patcher.text import Source


def built(source: Source, *, pure: bool) -> Any:
    """Return the documents and leaves that a parser's events come to; raises UserError."""
    builder = Builder(source)
    for event in events(source, pure=pure):
        builder.add(event)
    return [node and described(node) for node in builder.documents], builder.leaves


def described(node: Node) -> Any:
    """Return kind, places, properties and content of a node and of all below it."""
    place = (type(node).__name__, node.start, node.body, node.end, node.anchor, node.tag)
    match node:
        case Scalar():
            return (*place, node.value, node.style)
        case Alias():
            return (*place, node.name)
        case Mapping():
            pairs = [(described(one.key), described(one.value)) for one in node.entries]
            return (*place, node.flow, pairs)
        case Sequence():
            return (*place, node.flow, [described(item) for item in node.items])
    raise AssertionError(node)
