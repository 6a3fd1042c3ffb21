"""Write `depends_on`: every entry in long form, with the condition that fits its target.

Source: https://docs.docker.com/reference/compose-file/services/#long-syntax-1
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from patcher.lang.edit_error import CannotEdit
from patcher.lang.yaml_edit import add_entries, fill_null
from patcher.lang.yaml_insert import Items
from patcher.lang.yaml_list_edit import sequence_to_mapping
from patcher.lang.yaml_nodes import Mapping as YamlMapping
from patcher.lang.yaml_nodes import Scalar, Sequence, Tree, target
from patcher.stack.check_edits import check_edits
from patcher.stack.compose.service import Service
from patcher.stack.compose.swarm import refusal
from patcher.stack.compose.values import Value
from patcher.stack.exclude import is_excluded
from patcher.stack.health import Health
from patcher.stack.image.healthcheck import NoProbe, Probe
from patcher.stack.stack import Stack
from patcher.text import Edit, Route, joined

HEALTHY: Final = "service_healthy"
STARTED: Final = "service_started"
COMPLETED: Final = "service_completed_successfully"
_MISSING: Final = "missing-healthcheck"


def health_seen(stack: Stack, name: str, tree: Tree) -> Health:
    """Return the health of a service as a wait that is written in the file `tree` can rely on.

    A check in a later file, such as an override, is not there when the file is used without it.
    """
    health = stack.health_of(name)
    if health.probe is not None and not _can_be_added(stack, name, health.probe):
        return Health()
    value = stack.project.services[name].healthcheck if health.known else None
    if value is None:
        return health
    order = list(dict.fromkeys(one.tree.source.path for one in stack.project.documents))
    here, there = tree.source.path, value.tree.source.path
    if here in order and there in order and order.index(there) > order.index(here):
        reason = f"the health check of `{name}` is in {there}, and {here} may be used without it"
        return Health(doubt=NoProbe(reason, f"move the check to {here}"))
    return health


def _can_be_added(stack: Stack, name: str, probe: Probe) -> bool:
    service = stack.project.services[name]
    if stack.is_ignored(_MISSING, service.location):
        return False
    try:
        edits = check_edits(stack, service, probe)
    except CannotEdit:
        return False
    return not any(is_excluded(edit.path, stack.settings.exclude) for edit in edits)


def condition_for(stack: Stack, name: str, tree: Tree) -> str:
    """Return the condition to wait for a service with in the file `tree`: healthy where that works.

    Raises CannotEdit where a health check can be added but is not there yet: waiting for less now
    would have to be undone then.
    """
    health = health_seen(stack, name, tree)
    if health.comes:
        raise CannotEdit(f"`{name}` gets its health check first (missing-healthcheck)")
    return HEALTHY if health.known else STARTED


def wait_edits(
    stack: Stack, service: Service, added: Mapping[str, str], sharers: Collection[str] = ()
) -> tuple[Edit, ...]:
    """Return the edits that put a service's `depends_on` into long form and add `added`.

    `added` maps service names to conditions; conditions that are written stay. `sharers` names
    services that want the same and may share the definition through an anchor. Raises CannotEdit.
    """
    if (refused := refusal(stack.project)) is not None:
        raise CannotEdit(refused.reason)
    values = service.values("depends_on")
    if not values:
        home = service.home
        entry = ("depends_on", dict(_long(added)))
        return add_entries(home.tree, home.mapping, [entry], at=[home.route])
    open_entries = [wait.value.entry for wait in service.waits.values() if wait.condition is None]
    edits: list[Edit] = []
    for value in values:
        extra = added if value is values[-1] else {}
        if extra or value.entry in open_entries:
            edits += _value_edits(stack, service, value, extra, sharers)
    return joined(edits)


def _value_edits(
    stack: Stack,
    service: Service,
    value: Value,
    added: Mapping[str, str],
    sharers: Collection[str],
) -> tuple[Edit, ...]:
    own = [part for part in service.parts if not part.extended]
    if not any(part.tree is value.tree and part.route == value.route[:-1] for part in own):
        raise CannotEdit(f"`{service.name}` inherits `depends_on` through `extends`")
    at = [(*value.route[:-2], name, "depends_on") for name in {service.name, *sharers}]
    node = target(value.entry.value)
    if isinstance(node, Sequence):
        items = [*_listed(stack, value, node), *_long(added)]
        return sequence_to_mapping(value.tree, value.mapping, value.entry, items, at=at)
    if isinstance(node, YamlMapping):
        return _complete(stack, value, node, added, at)
    raise CannotEdit(f"`depends_on` of `{service.name}` is neither a list nor a mapping")


def _long(conditions: Mapping[str, str]) -> Items:
    return [(name, {"condition": how}) for name, how in conditions.items()]


def _listed(stack: Stack, value: Value, node: Sequence) -> Items:
    names = [item.value for item in node.items if isinstance(item, Scalar)]
    return _long({name: condition_for(stack, name, value.tree) for name in names})


def _complete(
    stack: Stack, value: Value, node: YamlMapping, added: Mapping[str, str], at: list[Route]
) -> tuple[Edit, ...]:
    tree = value.tree
    edits: list[Edit] = []
    for name, entry in node.own.items():
        options = target(entry.value)
        inner = [(*route, name) for route in at]
        if isinstance(options, YamlMapping) and "condition" not in options.resolved:
            item = [("condition", condition_for(stack, name, tree))]
            edits += add_entries(tree, options, item, at=inner)
        elif isinstance(options, Scalar) and options.is_null:
            item = [("condition", condition_for(stack, name, tree))]
            edits += fill_null(tree, node, entry, item, at=inner)
    if added:
        edits += add_entries(tree, node, _long(added), at=at)
    return tuple(edits)
