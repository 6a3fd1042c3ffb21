"""Who starts before whom, and whose definition others take over.

Source: https://docs.docker.com/reference/compose-file/services/ (`depends_on`, `links`,
`volumes_from`, `network_mode`, `ipc`, `pid`, `extends`)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final
from weakref import WeakKeyDictionary

from patcher.stack.compose.service import Service
from patcher.stack.stack import Stack

_Names = Mapping[str, frozenset[str]]

# asked for every service of a stack in turn, so worked out once
_starts: Final[WeakKeyDictionary[Stack, _Names]] = WeakKeyDictionary()
_needed: Final[WeakKeyDictionary[Stack, _Names]] = WeakKeyDictionary()


def reachable(stack: Stack, name: str, *, with_needs: bool = False) -> set[str]:
    """Return every service that a service waits for, directly or through others.

    `with_needs` counts what services need, too: a fix may make them wait for it.
    """
    if stack not in _starts:
        _starts[stack] = {one: frozenset(_before(stack, one)) for one in stack.project.services}
    if with_needs and stack not in _needed:
        _needed[stack] = _needs(stack)
    graphs = [_starts[stack], _needed[stack]] if with_needs else [_starts[stack]]
    found: set[str] = set()
    open_names = [name]
    while open_names:
        current = open_names.pop()
        new = frozenset[str]().union(*(graph.get(current, ()) for graph in graphs)) - found
        found |= new
        open_names += new
    return found


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
    place = (home.tree.source.path, home.route)
    return [
        one
        for one in stack.project.services.values()
        if one is not service
        and any(
            part.extended and (part.tree.source.path, part.route) == place for part in one.parts
        )
    ]
