"""How the entries of one `depends_on` are written: in long form, where they are defined.

Source: https://docs.docker.com/reference/compose-file/services/#long-syntax-1
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from patcher.lang.edit_error import CannotEdit
from patcher.lang.yaml_edit import add_entries, fill_null
from patcher.lang.yaml_insert import Items, elsewhere
from patcher.lang.yaml_list_edit import sequence_to_mapping
from patcher.lang.yaml_nodes import Entry, Scalar, Sequence, Tree, plain, target
from patcher.lang.yaml_nodes import Mapping as YamlMapping
from patcher.lang.yaml_own import copies, own_value
from patcher.stack.compose.values import Part, Value
from patcher.stack.shared import homes, own_entry
from patcher.stack.stack import Stack
from patcher.stack.waits import condition_for
from patcher.text import Edit, Route


def entry_edits(
    stack: Stack, part: Part, value: Value, added: Mapping[str, str], wanting: Collection[str]
) -> tuple[Edit, ...]:
    """Return the edits that give every entry of a `depends_on` a condition, and add `added`.

    `value` is what the definition `part` of a service shows, `added` maps services to conditions.
    `wanting` names the services that want it: where others show the value too, the service gets
    one of its own. Raises CannotEdit.
    """
    node = target(value.entry.value)
    options = [entry.value for entry in node.entries] if isinstance(node, YamlMapping) else []
    shared = homes(part, wanting, [node, part.mapping, part.entry.value, *map(target, options)])
    at = [(*home, "depends_on") for home in shared]
    if elsewhere(value.tree.routes(node), at):
        items = [*_own_items(stack, value, part.mapping), *long_form(added)]
        return own_entry(part, "depends_on", items, shared)
    if isinstance(node, Sequence):
        items = [*_listed(stack, value.tree, node), *long_form(added)]
        return sequence_to_mapping(value.tree, value.mapping, value.entry, items, at=at)
    if isinstance(node, YamlMapping):
        return _complete(stack, value.tree, node, long_form(added), at)
    raise CannotEdit(f"`depends_on` of `{part.entry.name}` is neither a list nor a mapping")


def long_form(conditions: Mapping[str, str]) -> Items:
    """Return services and conditions as entries in long form."""
    return [(name, {"condition": how}) for name, how in conditions.items()]


def _listed(stack: Stack, tree: Tree, node: Sequence) -> Items:
    names = [item.value for item in node.items if isinstance(item, Scalar)]
    return long_form({name: condition_for(stack, name, tree) for name in names})


def _own_items(stack: Stack, value: Value, into: YamlMapping) -> Items:
    """Return what a shared `depends_on` says, every entry with a condition, for one of its own."""
    node, tree = value.node, value.tree
    if node.tag is None and isinstance(node, Sequence):
        return _listed(stack, tree, node)
    if node.tag is not None or not isinstance(node, YamlMapping):
        raise CannotEdit("the shared `depends_on` is neither a plain list nor a plain mapping")
    copied = copies(value.entry.value, into)
    for name, entry in node.resolved.items():
        if _is_open(entry):
            options = plain(entry.value) or {}
            copied[name] = {**options, "condition": condition_for(stack, name, tree)}
    return list(copied.items())


def _is_open(entry: Entry) -> bool:
    options = target(entry.value)
    if isinstance(options, YamlMapping):
        return "condition" not in options.resolved
    return isinstance(options, Scalar) and options.is_null


def _complete(
    stack: Stack, tree: Tree, node: YamlMapping, added: Items, at: list[Route]
) -> tuple[Edit, ...]:
    """Give every entry a condition, also those that a merge key brings, and add `added`."""
    edits: list[Edit] = []
    for name, entry in node.resolved.items():
        if _is_open(entry):
            item = ("condition", condition_for(stack, name, tree))
            edits += _completed(tree, node.holder(name), entry, item, at)
    if added:
        edits += add_entries(tree, node, added, at=at)
    return tuple(edits)


def _completed(
    tree: Tree, holder: YamlMapping, entry: Entry, item: tuple[str, str], at: list[Route]
) -> tuple[Edit, ...]:
    options = target(entry.value)
    inner = [(*route, entry.name) for route in at]
    if not isinstance(options, YamlMapping):
        return fill_null(tree, holder, entry, [item], at=inner)
    if elsewhere(tree.routes(options), inner):
        items = [*copies(entry.value, holder).items(), item]
        return own_value(tree, holder, entry.name, items, at=at)
    return add_entries(tree, options, [item], at=inner)
