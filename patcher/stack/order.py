"""Who starts before whom, and whose definition others take over.

Source: https://docs.docker.com/reference/compose-file/services/ (`depends_on`, `links`,
`volumes_from`, `network_mode`, `ipc`, `pid`, `extends`)
"""

from __future__ import annotations

from collections.abc import Iterator

from patcher.stack.compose.service import Service
from patcher.stack.links import Need
from patcher.stack.stack import Stack


def reachable(stack: Stack, name: str, *, with_needs: bool = False) -> set[str]:
    """Return every service that a service waits for, directly or through others.

    `with_needs` counts what services need, too: a fix may make them wait for it.
    """
    found: set[str] = set()
    open_names = [name]
    while open_names:
        current = open_names.pop()
        new = set(_before(stack, current)) - found
        if with_needs:
            new |= {need.target for need in stack.needs if need.service == current} - found
        found |= new
        open_names += new
    return found


def missing_needs(stack: Stack, service: Service) -> dict[str, Need]:
    """Return what a service needs and does not wait for, by name; nothing for a one-shot job."""
    if service.name in stack.jobs:
        return {}
    waited = reachable(stack, service.name)
    missing = {
        need.target: need
        for need in reversed(stack.needs)
        if need.service == service.name and need.target not in waited
    }
    return dict(reversed(missing.items()))


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
