"""Definitions that several services share through anchors, aliases and merge keys."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from patcher.lang.yaml_insert import Items
from patcher.lang.yaml_nodes import Alias, Mapping, Node, Tree
from patcher.lang.yaml_own import own_mapping, own_value
from patcher.lang.yaml_sharing import is_extension
from patcher.stack.compose.service import Service
from patcher.stack.compose.values import Part
from patcher.stack.key_order import BEFORE
from patcher.stack.stack import Stack
from patcher.text import Edit, Route

_MADE_OF: Final = ("build", "image")


def maker(service: Service) -> Mapping:
    """Return the mapping that says what a service is made of: its own, or one that it merges."""
    mapping = service.home.mapping
    key = next((key for key in _MADE_OF if key in mapping.resolved), None)
    return mapping if key is None else mapping.holder(key)


def service_at(stack: Stack, tree: Tree, route: Route) -> Service | None:
    """Return the service whose first own definition stands at a route of a file, or None."""
    service = stack.project.services.get(str(route[-1])) if route else None
    if service is None or service.home.tree is not tree or service.home.route != route:
        return None
    return service


def users_of(stack: Stack, tree: Tree, mapping: Mapping) -> list[Service] | None:
    """Return the services at which a mapping shows; None where something else shows it, too."""
    return services_at(stack, tree, tree.routes(mapping))


def services_at(stack: Stack, tree: Tree, routes: Iterable[Route]) -> list[Service] | None:
    """Return the services at `routes`, extension fields left out; None where one is no service."""
    used = [route for route in dict.fromkeys(routes) if not is_extension(route)]
    found = [one for route in used if (one := service_at(stack, tree, route)) is not None]
    return found if len(found) == len(used) else None


def homes(part: Part, wanting: Collection[str], nodes: Iterable[Node]) -> list[Route]:
    """Return the routes of services in `wanting` at which one of `nodes` shows, too.

    The first is that of `part`, the definition of a service, whichever nodes there are.
    """
    above = part.route[:-1]
    routes = (route for node in nodes for route in part.tree.routes(node))
    shown = (str(one[len(above)]) for one in routes if one[: len(above)] == above != one)
    names = dict.fromkeys([str(part.route[-1]), *(name for name in shown if name in wanting)])
    return [(*above, name) for name in names]


def own_entry(part: Part, name: str, items: Items, at: Collection[Route]) -> tuple[Edit, ...]:
    """Return the edits that give one definition of a service its own entry, a mapping of `items`.

    `at` are the routes of services that may show it, too. Raises CannotEdit where others would.
    """
    if isinstance(part.entry.value, Alias):
        return own_mapping(part.tree, part.services, part.entry, name, items)
    return own_value(part.tree, part.mapping, name, items, at=at, before=BEFORE.get(name))
