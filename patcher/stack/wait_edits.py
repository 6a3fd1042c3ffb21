"""Write `depends_on`: every entry in long form, with the condition that fits its target.

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
from patcher.stack.compose.service import Service
from patcher.stack.compose.swarm import refusal
from patcher.stack.compose.values import Part, Value
from patcher.stack.shared import maker, own_entry, service_at, users_of
from patcher.stack.stack import Stack
from patcher.stack.waits import condition_for
from patcher.text import Edit, Route, joined


def wait_edits(
    stack: Stack, service: Service, added: Mapping[str, str], sharers: Collection[str] = ()
) -> tuple[Edit, ...]:
    """Return the edits that put a service's `depends_on` into long form and add `added`.

    `added` maps service names to conditions; conditions that are written stay. `sharers` names
    services that want the same: where they alone share the definition, it is edited; else the
    service gets a `depends_on` of its own. Raises CannotEdit.
    """
    if (refused := refusal(stack.project)) is not None:
        raise CannotEdit(refused.reason)
    wanting = {service.name, *sharers}
    edits, added = _inherited(stack, service, added, wanting)
    own = [value for value in service.values("depends_on") if _part(service, value)]
    if not own and added:
        edits += _first_edits(stack, service, _long(added), wanting)
    for value in own:
        extra = added if value is own[-1] else {}
        if extra or _open_names(service, value):
            edits += _value_edits(stack, service, value, extra, wanting)
    return joined(edits)


def _inherited(
    stack: Stack, service: Service, added: Mapping[str, str], wanting: Collection[str]
) -> tuple[list[Edit], Mapping[str, str]]:
    """Return edits of what comes in through `extends`, and what is left to write here.

    Where the extended service wants the same, it is edited; else what it leaves open is said here,
    which Compose merges over it.
    """
    extended = [part for part in service.parts if part.extended]
    parent = service_at(stack, extended[-1].tree, extended[-1].route) if extended else None
    values = service.values("depends_on")
    inherited = [value for value in values if _part(service, value) is None]
    if parent is not None and parent.name in wanting and len(inherited) == len(values):
        return list(wait_edits(stack, parent, added, wanting)), {}
    if added:  # what is inherited may stay as it is
        return [], added
    edits: list[Edit] = []
    here: dict[str, str] = {}
    for value in inherited:
        names = _open_names(service, value)
        base = service_at(stack, value.tree, value.route[:-1])
        if names and base is not None and base.name in wanting:
            edits += wait_edits(stack, base, {}, wanting)
        else:
            here |= {name: condition_for(stack, name, service.home.tree) for name in names}
    return edits, here


def _open_names(service: Service, value: Value) -> list[str]:
    """Return what a definition waits for without a condition, nor with one of a stronger one."""
    waits = service.waits.values()
    found = [one for one in waits if one.condition is None and one.value.entry is value.entry]
    return [one.service for one in found]


def _part(service: Service, value: Value) -> Part | None:
    """Return the service's own definition that holds a value, None where it is inherited."""
    return next((one for one in service.parts if _holds(one, value)), None)


def _first_edits(
    stack: Stack, service: Service, items: Items, wanting: Collection[str]
) -> tuple[Edit, ...]:
    """Write `depends_on` where there is none: where all who share the image want it, else here."""
    home, shared = service.home, maker(service)
    at = [(*home.route[:-1], name) for name in wanting]
    for mapping in (shared, home.mapping):
        users = users_of(stack, home.tree, mapping) or []
        alike = all(one.name in wanting and not one.values("depends_on") for one in users)
        if alike and len(users) > (mapping is not home.mapping):
            return add_entries(home.tree, mapping, [("depends_on", dict(items))], at=at)
    return own_entry(home, "depends_on", items, at)


def _value_edits(
    stack: Stack, service: Service, value: Value, added: Mapping[str, str], wanting: Collection[str]
) -> tuple[Edit, ...]:
    part = _part(service, value) or service.home
    node = target(value.entry.value)
    homes = [(*part.route[:-1], name) for name in wanting]
    at = [(*home, "depends_on") for home in homes]
    if elsewhere(value.tree.routes(node), at):
        items = [*_own_items(stack, value, part.mapping), *_long(added)]
        return own_entry(part, "depends_on", items, homes)
    if isinstance(node, Sequence):
        items = [*_listed(stack, value.tree, node), *_long(added)]
        return sequence_to_mapping(value.tree, value.mapping, value.entry, items, at=at)
    if isinstance(node, YamlMapping):
        return _complete(stack, value.tree, node, _long(added), at)
    raise CannotEdit(f"`depends_on` of `{service.name}` is neither a list nor a mapping")


def _holds(part: Part, value: Value) -> bool:
    return not part.extended and part.tree is value.tree and part.route == value.route[:-1]


def _long(conditions: Mapping[str, str]) -> Items:
    return [(name, {"condition": how}) for name, how in conditions.items()]


def _listed(stack: Stack, tree: Tree, node: Sequence) -> Items:
    names = [item.value for item in node.items if isinstance(item, Scalar)]
    return _long({name: condition_for(stack, name, tree) for name in names})


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
