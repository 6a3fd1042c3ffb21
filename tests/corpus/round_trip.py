"""A file put together again from what the parser made of it: it must be the same file."""

from __future__ import annotations

from collections.abc import Iterator

from patcher.lang import nginx_tree
from patcher.lang.nginx_tokens import scan
from patcher.lang.yaml_nodes import Mapping, Node, Sequence, Tree
from patcher.text import Edit, splice


def rewritten(tree: Tree | nginx_tree.Tree) -> str:
    """Return the text with every scalar, or every token, put back where it was read from."""
    source = tree.source
    if isinstance(tree, nginx_tree.Tree):
        return "".join(source.at(token.span) for token in scan(source))
    spans = [leaf.span for node in tree.documents for leaf in _leaves(node)]
    return splice(source.text, [Edit("", at.start, at.end, source.at(at)) for at in spans])


def _leaves(node: Node | None) -> Iterator[Node]:
    if isinstance(node, Mapping):
        for entry in node.entries:
            yield entry.key
            yield from _leaves(entry.value)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _leaves(item)
    elif node is not None and node.span.start < node.span.end:
        yield node
