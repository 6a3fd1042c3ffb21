"""Write `depends_on`: every entry in long form, with the condition that fits its target.

Source: https://docs.docker.com/reference/compose-file/services/#long-syntax-1
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from patcher.lang.edit_error import CannotEdit
from patcher.lang.yaml_edit import Items, add_entries, fill_null, sequence_to_mapping
from patcher.lang.yaml_nodes import Mapping as YamlMapping
from patcher.lang.yaml_nodes import Scalar, Sequence, target
from patcher.stack.compose import Service
from patcher.stack.stack import Stack
from patcher.stack.values import Value
from patcher.text import Edit, Route

HEALTHY: Final = "service_healthy"
STARTED: Final = "service_started"
COMPLETED: Final = "service_completed_successfully"


def condition_for(stack: Stack, name: str) -> str:
    """Return the condition to wait for a service with: healthy where its health is known.

    Raises CannotEdit where a health check can be added but is not there yet: waiting for less now
    would have to be undone then.
    """
    health = stack.health_of(name)
    if health.comes:
        raise CannotEdit(f"`{name}` gets its health check first (missing-healthcheck)")
    return HEALTHY if health.known else STARTED


def reachable(stack: Stack, name: str) -> set[str]:
    """Return every service that a service waits for, directly or through others."""
    found: set[str] = set()
    open_names = [name]
    while open_names:
        service = stack.project.services.get(open_names.pop())
        new = set(service.waits) - found if service else set()
        found |= new
        open_names += new
    return found


def wait_edits(
    stack: Stack, service: Service, added: Mapping[str, str], sharers: Collection[str] = ()
) -> tuple[Edit, ...]:
    """Return the edits that put a service's `depends_on` into long form and add `added`.

    `added` maps service names to conditions; conditions that are written stay. `sharers` names
    services that want the same and may share the definition through an anchor. Raises CannotEdit.
    """
    values = service.values("depends_on")
    if not values:
        home = service.home
        entry = ("depends_on", {name: {"condition": how} for name, how in added.items()})
        return add_entries(home.tree, home.mapping, [entry], at=[home.route])
    value = values[-1]
    if value.route[:-1] not in [part.route for part in service.parts if not part.extended]:
        raise CannotEdit(f"`{service.name}` inherits `depends_on` through `extends`")
    at = [(*value.route[:-2], name, "depends_on") for name in {service.name, *sharers}]
    node = target(value.entry.value)
    if isinstance(node, Sequence):
        items = [*_listed(stack, node), *_long(added)]
        return sequence_to_mapping(value.tree, value.mapping, value.entry, items, at=at)
    if isinstance(node, YamlMapping):
        return _complete(stack, value, node, added, at)
    raise CannotEdit(f"`depends_on` of `{service.name}` is neither a list nor a mapping")


def _long(conditions: Mapping[str, str]) -> Items:
    return [(name, {"condition": how}) for name, how in conditions.items()]


def _listed(stack: Stack, node: Sequence) -> Items:
    names = [item.value for item in node.items if isinstance(item, Scalar)]
    return _long({name: condition_for(stack, name) for name in names})


def _complete(
    stack: Stack, value: Value, node: YamlMapping, added: Mapping[str, str], at: list[Route]
) -> tuple[Edit, ...]:
    edits: list[Edit] = []
    for name, entry in node.own.items():
        options = target(entry.value)
        inner = [(*route, name) for route in at]
        if isinstance(options, YamlMapping) and "condition" not in options.resolved:
            item = [("condition", condition_for(stack, name))]
            edits += add_entries(value.tree, options, item, at=inner)
        elif isinstance(options, Scalar) and options.is_null:
            item = [("condition", condition_for(stack, name))]
            edits += fill_null(value.tree, node, entry, item, at=inner)
    if added:
        edits += add_entries(value.tree, node, _long(added), at=at)
    return tuple(edits)
