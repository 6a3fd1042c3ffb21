"""A value of its own for one mapping, in place of one that it shares with others.

A key written in the mapping hides the one that comes in by a merge key, whole:
https://yaml.org/type/merge.html
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from patcher.lang.edit_error import CannotEdit
from patcher.lang.model import dotted
from patcher.lang.yaml_edit import add_entries, fill_null
from patcher.lang.yaml_insert import Items, elsewhere
from patcher.lang.yaml_nodes import (
    MERGE_KEY,
    Alias,
    Entry,
    Mapping,
    Node,
    Scalar,
    Tree,
    plain,
    target,
)
from patcher.lang.yaml_style import Data, Merged, model_of
from patcher.text import Edit, Route, Touch


def own_value(
    tree: Tree,
    mapping: Mapping,
    name: str,
    items: Items,
    *,
    at: Collection[Route],
    before: str | None = None,
) -> tuple[Edit, ...]:
    """Give `mapping` an entry `name` of its own that holds the mapping `items`.

    It takes the place of an alias, or stands beside the merge key that brings the shared one, and
    before a last entry named `before`. `at` names the routes of `mapping`. Raises CannotEdit where
    the mapping itself writes the value that others share, or shows at other routes.
    """
    entry = mapping.own.get(name)
    if entry is None:
        return add_entries(tree, mapping, [(name, dict(items))], at=at, before=before, hide=True)
    own = [(*route, name) for route in at]
    if isinstance(entry.value, Alias) or (isinstance(entry.value, Scalar) and entry.value.is_null):
        return fill_null(tree, mapping, entry, items, at=own)
    others = elsewhere(tree.routes(entry.value), own)
    if not others:
        raise CannotEdit(f"`{dotted(own[0])}` is there already")
    names = ", ".join(f"`{dotted(route)}`" for route in others[:3])
    raise CannotEdit(f"it is defined here and shared with {names}, which would change too")


def own_mapping(
    tree: Tree, mapping: Mapping, entry: Entry, name: str, items: Items
) -> tuple[Edit, ...]:
    """Turn an entry `entry: *shared` into a mapping that merges it and has a `name` of its own.

    `mapping` holds the entry, and `items` are what `name` holds. Raises CannotEdit where the entry
    shows at several routes.
    """
    routes = tree.routes(entry.value)
    shared = Merged(_mapping(entry.value))
    edits = fill_null(
        tree, mapping, entry, [(MERGE_KEY, shared), (name, dict(items))], at=routes[:1]
    )
    touch = Touch((*routes[0], name), model_of(dict(items)))
    return tuple(replace(edit, touches=(touch,) * bool(edit.touches)) for edit in edits)


def copies(value: Node, into: Mapping) -> dict[str, Data]:
    """Return the entries that a mapping, or an alias of one, shows, to be copied into `into`.

    By a merge key where there is an alias; else as they are written, except into a one-line
    mapping, which takes their values only.
    """
    node = _mapping(value)
    if isinstance(value, Alias) and node.tag is None:
        return {MERGE_KEY: Merged(node)}
    entries = node.resolved.items()
    return {name: plain(entry.value) if into.flow else entry for name, entry in entries}


def _mapping(value: Node) -> Mapping:
    node = target(value)
    if not isinstance(node, Mapping):
        raise CannotEdit("what is shared is no mapping")
    return node
