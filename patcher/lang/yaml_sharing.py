"""Where an entry of a mapping shows: through aliases and merge keys, at more routes than one.

A key that a mapping writes itself hides the one that it merges, and an earlier merge hides a later
one: https://yaml.org/type/merge.html
"""

from __future__ import annotations

from collections.abc import Collection

from patcher.lang.yaml_nodes import Mapping, Node, Sequence, Tree, target
from patcher.text import Route


def shown_at(
    tree: Tree, mapping: Mapping, name: str, besides: Collection[Mapping] = ()
) -> tuple[Route, ...]:
    """Return the routes of the mappings that show the entry `name` if `mapping` writes it.

    `besides` are mappings that get an entry of that name of their own as well.
    """
    return tuple(
        route
        for route in dict.fromkeys(tree.routes(mapping))
        if isinstance(found := node_at(tree, route), Mapping)
        and _shows(found, name, mapping, besides)
    )


def _shows(shown: Mapping, name: str, writer: Mapping, besides: Collection[Mapping]) -> bool:
    if shown is writer:
        return True
    if name in shown.own or any(shown is one for one in besides):
        return False
    for merged in shown.merged:
        if _shows(merged, name, writer, besides):
            return True
        if _has(merged, name, besides):
            return False
    return False


def _has(mapping: Mapping, name: str, besides: Collection[Mapping]) -> bool:
    if name in mapping.own or any(mapping is one for one in besides):
        return True
    return any(_has(merged, name, besides) for merged in mapping.merged)


def node_at(tree: Tree, route: Route) -> Node | None:
    """Return the node at a route of the model, aliases followed; None where there is none."""
    single = len(tree.documents) == 1
    if not single and not route:
        return None
    node = tree.documents[0 if single else int(route[0])]
    for part in route if single else route[1:]:
        node = None if node is None else target(node)
        if isinstance(node, Mapping) and part in node.resolved:
            node = node.resolved[str(part)].value
        elif isinstance(node, Sequence) and isinstance(part, int) and part < len(node.items):
            node = node.items[part]
        else:
            return None
    return None if node is None else target(node)


def is_extension(route: Route) -> bool:
    """Tell whether a route of a document leads into an `x-` field, which nothing reads."""
    names = [part for part in route if not isinstance(part, int)]
    return bool(names) and str(names[0]).startswith("x-")
