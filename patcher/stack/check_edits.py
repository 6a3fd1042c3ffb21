"""Write a `healthcheck` where a service is defined, and keep it from those it does not fit.

Source: https://docs.docker.com/reference/compose-file/services/#healthcheck
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from patcher.lang.edit_error import CannotEdit
from patcher.lang.yaml_edit import add_entries
from patcher.lang.yaml_nodes import Alias, Mapping, Tree
from patcher.lang.yaml_sharing import shown_at
from patcher.lang.yaml_style import Data, Flow
from patcher.records import dataclass
from patcher.stack.compose.service import Service
from patcher.stack.image.probes import Probe
from patcher.stack.order import inheritors
from patcher.stack.shared import maker, own_entry, services_at, users_of
from patcher.stack.stack import Stack
from patcher.text import Edit

_KEY: Final = "healthcheck"
_OFF: Final = {"disable": True}


@dataclass(frozen=True, slots=True)
class CheckEdits:
    """The edits that add a check: who gets it, and for whom it is switched off."""

    edits: tuple[Edit, ...]
    users: tuple[str, ...]
    off: tuple[str, ...]


def check_edits(stack: Stack, service: Service, probe: Probe) -> CheckEdits:
    """Return the edits that give a service the check `probe`.

    They go to the definition that says what the service is made of, where all who share it want
    the same check, else to the service. Where others take the check over that it does not fit, it
    is switched off for them. Raises CannotEdit where that might switch off another check, or hide
    that nothing can wait for them.
    """
    mapping = _place(stack, service, probe)
    if _is_alias_of_what_others_differ_in(stack, service, mapping, probe):
        edits = own_entry(service.home, _KEY, list(_entry(probe).items()), ())
        return CheckEdits(edits, (service.name,), ())
    return _shared_edits(stack, service, mapping, probe)


def _is_alias_of_what_others_differ_in(
    stack: Stack, service: Service, mapping: Mapping, probe: Probe
) -> bool:
    if not isinstance(service.home.entry.value, Alias) or inheritors(stack, service):
        return False
    try:
        return bool(_shared_edits(stack, service, mapping, probe).off)
    except CannotEdit:
        return True


def _shared_edits(stack: Stack, service: Service, mapping: Mapping, probe: Probe) -> CheckEdits:
    tree = service.home.tree
    off: list[Service] = []
    while (taker := _unfit(stack, service, mapping, probe, off)) is not None:
        off.append(taker)
    hidden = [one.home.mapping for one in off]
    routes = shown_at(tree, mapping, _KEY, hidden)
    edits = [*add_entries(tree, mapping, [(_KEY, _entry(probe))], at=routes, besides=hidden)]
    for one in off:
        edits += _off_edits(stack, service, one, [mapping, *hidden])
    users = [one.name for one in _takers(stack, tree, mapping, off)]
    return CheckEdits(tuple(edits), tuple(users), tuple(one.name for one in off))


def _entry(probe: Probe) -> dict[str, Data]:
    return {
        "test": Flow(probe.test),
        "interval": probe.interval,
        "timeout": probe.timeout,
        "retries": probe.retries,
        "start_period": probe.start_period,
    }


def _place(stack: Stack, service: Service, probe: Probe) -> Mapping:
    shared = maker(service)
    users = users_of(stack, service.home.tree, shared) or []
    wanted = len(users) > 1 and all(stack.health_of(one.name).probe == probe for one in users)
    return shared if wanted else service.home.mapping


def _takers(stack: Stack, tree: Tree, mapping: Mapping, off: Sequence[Service]) -> list[Service]:
    """Return the services that a check in `mapping` is for, except those in `off`.

    A service that extends another and has a check keeps its own.
    """
    hidden = [one.home.mapping for one in off]
    shown = services_at(stack, tree, shown_at(tree, mapping, _KEY, hidden))
    if shown is None:
        raise CannotEdit("it is shared through an anchor with what is no service")
    heirs = (heir for one in shown for heir in inheritors(stack, one) if heir.healthcheck is None)
    found = [one for one in dict.fromkeys([*shown, *heirs]) if one not in off]
    return [one for one in found if not any(part.mapping in hidden for part in one.parts)]


def _unfit(
    stack: Stack, service: Service, mapping: Mapping, probe: Probe, off: Sequence[Service]
) -> Service | None:
    """Return a service that would take the check over and not answer it, None where none would.

    `off` are those that have it switched off already. Raises CannotEdit where that cannot be done.
    """
    for one in _takers(stack, service.home.tree, mapping, off):
        alike = stack.health_if_needed(one.name).probe == probe
        fits = one.name == service.name or (not one.values(_KEY) and alike)
        if not fits:
            if one.home.mapping is mapping or not _may_be_switched_off(stack, service, one):
                raise CannotEdit(f"`{one.name}` takes it over, and it may not fit there")
            return one
    return None


def _may_be_switched_off(stack: Stack, service: Service, other: Service) -> bool:
    """Whether nothing is lost: its image has no check, as the service's has none, nobody waits."""
    facts, own = stack.facts[other.name], stack.facts[service.name]
    has_none = facts.stage is None or facts.stage.healthcheck is None
    same = facts.base_image == own.base_image and has_none
    return same and not other.values(_KEY) and not stack.is_needed(other.name)


def _off_edits(
    stack: Stack, service: Service, other: Service, besides: Collection[Mapping]
) -> tuple[Edit, ...]:
    home = other.home
    hidden = [one for one in besides if one is not home.mapping]
    routes = shown_at(home.tree, home.mapping, _KEY, hidden)
    takers = services_at(stack, home.tree, routes)
    heirs = [heir for taker in takers or () for heir in (taker, *inheritors(stack, taker))]
    if takers is None or not all(_may_be_switched_off(stack, service, one) for one in heirs):
        raise CannotEdit(f"`{other.name}` takes it over, and it may not fit there")
    return add_entries(home.tree, home.mapping, [(_KEY, _OFF)], at=routes, besides=hidden)
