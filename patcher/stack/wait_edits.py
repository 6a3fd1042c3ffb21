"""Who waits for what, and where it is written: every `depends_on` in long form.

Source: https://docs.docker.com/reference/compose-file/services/#long-syntax-1
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from patcher.lang.edit_error import CannotEdit
from patcher.lang.yaml_edit import add_entries
from patcher.lang.yaml_insert import Items
from patcher.stack.compose.service import Service
from patcher.stack.compose.swarm import refusal
from patcher.stack.compose.values import Part, Value, is_reset
from patcher.stack.key_order import BEFORE
from patcher.stack.shared import homes, maker, own_entry, service_at, users_of
from patcher.stack.stack import Stack
from patcher.stack.wait_entries import entry_edits, long_form
from patcher.stack.waits import condition_for
from patcher.text import Edit, joined


def condition_edits(stack: Stack, service: Service, sharers: Collection[str]) -> tuple[Edit, ...]:
    """Return the edits that give everything a service waits for a condition.

    Conditions that are written stay. `sharers` names services that want the same and may share the
    definition. What comes in through `extends` is said where it is extended, or else here, which
    Compose merges over it. Raises CannotEdit.
    """
    _refuse_swarm(stack)
    wanting = sharers if service.name in sharers else {service.name, *sharers}
    edits, here = _inherited(stack, service, wanting)
    own = _own(service)
    for part, value in own:
        if here and value is own[-1][1]:
            edits += entry_edits(stack, part, value, here, {service.name})
        elif _open_names(service, value):
            edits += entry_edits(stack, part, value, {}, wanting)
    if here and not own:
        edits += _first_edits(stack, service, long_form(here), {service.name})
    return joined(edits)


def wait_edits(
    stack: Stack, service: Service, added: Mapping[str, str], sharers: Collection[str] = ()
) -> tuple[Edit, ...]:
    """Return the edits that add `added`, which maps service names to conditions, to `depends_on`.

    `sharers` names services that want the same: where they alone share the definition, it is
    edited; else the service gets a `depends_on` of its own. Raises CannotEdit.
    """
    _refuse_swarm(stack)
    wanting = sharers if service.name in sharers else {service.name, *sharers}
    if own := _own(service):
        part, value = own[-1]
        return joined(entry_edits(stack, part, value, added, wanting))
    parent = next((part for part in reversed(service.parts) if part.extended), None)
    base = service_at(stack, parent.tree, parent.route) if parent else None
    values = service.values("depends_on")
    if base is not None and base.name in wanting and all(_says(base, one) for one in values):
        return wait_edits(stack, base, added, wanting)
    return _first_edits(stack, service, long_form(added), wanting)


def _refuse_swarm(stack: Stack) -> None:
    if (refused := refusal(stack.project)) is not None:
        raise CannotEdit(refused.reason)


def _own(service: Service) -> list[tuple[Part, Value]]:
    """Return the service's own definitions that hold a `depends_on`, with it."""
    return [
        (part, value)
        for value in service.values("depends_on")
        for part in service.parts
        if not part.extended and part.tree is value.tree and part.route == value.route[:-1]
    ]


def _inherited(
    stack: Stack, service: Service, wanting: Collection[str]
) -> tuple[list[Edit], dict[str, str]]:
    """Return edits of what a service extends, and conditions that are left to be said here."""
    edits: list[Edit] = []
    here: dict[str, str] = {}
    own = [value.entry for _, value in _own(service)]
    for value in service.values("depends_on"):
        names = [] if value.entry in own else _open_names(service, value)
        base = service_at(stack, value.tree, value.route[:-1])
        if not names:
            continue
        if base and base.name in wanting and {*names} <= {*_open_names(base, value)}:
            edits += condition_edits(stack, base, wanting)
        else:
            here |= {name: condition_for(stack, name, service.home.tree) for name in names}
    return edits, here


def _says(service: Service, value: Value) -> bool:
    """Whether a value is one of the service's own definitions, not taken away by another file."""
    return any(one.entry is value.entry for one in service.values("depends_on"))


def _open_names(service: Service, value: Value) -> list[str]:
    """Return what a definition waits for without a condition, nor with one of a stronger one."""
    waits = service.waits.values()
    found = [one for one in waits if one.condition is None and one.value.entry is value.entry]
    return [one.service for one in found]


def _first_edits(
    stack: Stack, service: Service, items: Items, wanting: Collection[str]
) -> tuple[Edit, ...]:
    """Write `depends_on` where there is none: where all who share the image want it, else here."""
    home, shared = service.home, maker(service)
    if (where := _reset(service)) is not None:
        raise CannotEdit(f"{where} takes its `depends_on` away")
    at = homes(home, wanting, [shared, home.mapping])
    for mapping in (shared, home.mapping):
        users = users_of(stack, home.tree, mapping) or []
        alike = all(one.name in wanting and not one.values("depends_on") for one in users)
        if alike and len(users) > (mapping is not home.mapping):
            entry = ("depends_on", dict(items))
            return add_entries(home.tree, mapping, [entry], at=at, before=BEFORE[entry[0]])
    return own_entry(home, "depends_on", items, at)


def _reset(service: Service) -> str | None:
    """Return the file whose `!reset` is the last that is said, None where there is none."""
    said = (part for part in reversed(service.parts) if "depends_on" in part.mapping.resolved)
    last = next((part.get("depends_on") for part in said), None)
    return last.tree.source.path if last is not None and is_reset(last.plain) else None
