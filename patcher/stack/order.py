"""Who starts before whom, and whose definition others take over.

Source: https://docs.docker.com/reference/compose-file/services/ (`depends_on`, `links`,
`volumes_from`, `network_mode`, `ipc`, `pid`, `extends`)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from patcher.once import once_each
from patcher.stack.compose.service import Service
from patcher.stack.stack import Stack
from patcher.text import Route

_Names = Mapping[str, frozenset[str]]


def reachable(stack: Stack, name: str, *, with_needs: bool = False) -> set[str]:
    """Return every service that a service waits for, directly or through others.

    `with_needs` counts what services need, too: a fix may make them wait for it.
    """
    graphs = [_starts(stack), _needs(stack)] if with_needs else [_starts(stack)]
    found: set[str] = set()
    open_names = [name]
    while open_names:
        current = open_names.pop()
        new = frozenset[str]().union(*(graph.get(current, ()) for graph in graphs)) - found
        found |= new
        open_names += new
    return found


@once_each
def _starts(stack: Stack) -> _Names:
    return {one: frozenset(_before(stack, one)) for one in stack.project.services}


@once_each
def _needs(stack: Stack) -> _Names:
    found: dict[str, set[str]] = {}
    for need in stack.needs:
        found.setdefault(need.service, set()).add(need.target)
    return {name: frozenset(targets) for name, targets in found.items()}


def _before(stack: Stack, name: str) -> Iterator[str]:
    """Yield what Compose starts before a service, `depends_on` or not."""
    service = stack.project.services.get(name)
    if service is not None:
        yield from service.starts_after


def inheritors(stack: Stack, service: Service) -> list[Service]:
    """Return the other services that take over a service's own definition through `extends`."""
    home = service.home
    heirs = _heirs(stack).get((home.tree.source.path, home.route), ())
    return [one for one in heirs if one is not service]


@once_each
def _heirs(stack: Stack) -> Mapping[tuple[str, Route], list[Service]]:
    """Return the services that extend the definition at a place of a file, by that place."""
    found: dict[tuple[str, Route], list[Service]] = {}
    for service in stack.project.services.values():
        extended = ((one.tree.source.path, one.route) for one in service.parts if one.extended)
        for place in dict.fromkeys(extended):
            found.setdefault(place, []).append(service)
    return found
