"""What the files say of the service, the network, the health, the wait and the resolver."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from patcher.diagnose.failure import Kind
from patcher.diagnose.join import Joined, project_files
from patcher.finding import Location
from patcher.records import dataclass
from patcher.stack.compose.service import Service
from patcher.stack.nginx.scopes import Placed
from patcher.stack.reach import answering, network_owner, networks_of, shared
from patcher.stack.resolvers import shown
from patcher.stack.stack import Stack

# the connection stood, so that networks, waits and lookups are not the point
_ANSWERS: Final = frozenset({Kind.ANSWER_TIMEOUT, Kind.CLOSED})


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of what is known: what about, what, and where it is written."""

    about: str
    text: str
    where: Location | None = None


def facts(joined: Joined) -> Iterator[Fact]:
    """Yield what the stack's files say of a failure."""
    if joined.service is None:
        yield _services(joined)
    else:
        yield from _of_service(joined, joined.service)
    yield from _directives(joined)
    if joined.subject.kind is Kind.NOT_FOUND_AT_START:
        yield from _place(joined)


def _of_service(joined: Joined, service: Service) -> Iterator[Fact]:
    yield Fact("service", f"`{service.name}`", service.location)
    askers = [one for one in joined.askers if one is not service]
    if joined.subject.kind not in _ANSWERS:
        yield from (_network(joined, one, service) for one in askers)
    yield _health(joined.stack, service)
    if joined.subject.kind not in _ANSWERS:
        yield from (_wait(one, service) for one in askers)


def _services(joined: Joined) -> Fact:
    if joined.services:
        names = shown([one.name for one in joined.services])
        return Fact("service", f"one of {names}: nginx asks each for port {joined.subject.port}")
    if joined.subject.is_ocsp:
        return Fact("service", "none: the name is that of a certificate's OCSP responder")
    return Fact("service", "none of the stack that the files tell")


def _network(joined: Joined, asking: Service, service: Service) -> Fact:
    project, host = joined.stack.project, joined.subject.host
    owner = network_owner(project, asking)
    if owner is None:
        return Fact("network", f"`{asking.name}` has `network_mode: {asking.network_mode}`")
    known = host if host in service.names else service.name
    common = shared(networks_of(project, owner), answering(project, service, known))
    if not common:
        return Fact("network", f"none in common with `{asking.name}`")
    return Fact("network", f"{shown([one.key for one in common])}, shared with `{asking.name}`")


def _health(stack: Stack, service: Service) -> Fact:
    if service.health_disabled:
        return Fact("health", "the check is switched off")
    if service.healthcheck is not None:
        return Fact("health", "has a check", service.healthcheck.location)
    if stack.health_of(service.name).known:
        return Fact("health", "its image has a check")
    return Fact("health", "no check")


def _wait(asking: Service, service: Service) -> Fact:
    wait = asking.waits.get(service.name)
    if wait is None:
        return Fact("wait", f"`{asking.name}` does not wait for it")
    condition = wait.condition or "service_started"
    return Fact("wait", f"`{asking.name}` waits for `{condition}`", wait.value.location)


def _directives(joined: Joined) -> Iterator[Fact]:
    if joined.passes:
        places = {one.placed.key: one.placed for one in joined.passes}
        first, more = next(iter(places.values())), len(places) - 1
        text = f"`{first.head}`" + (f" and {more} more" if more else "")
        yield Fact("directive", text, first.location)
    if joined.subject.kind in _ANSWERS:
        return
    for one in joined.resolvers:
        yield Fact("resolver", f"`{one.placed.head}`", one.placed.location)
    if joined.subject.kind is Kind.NOT_RESOLVED and joined.passes and not joined.resolvers:
        yield Fact("resolver", "none in the files that are read")


def _place(joined: Joined) -> Iterator[Fact]:
    """Say so where the directive that stopped nginx is not there any more."""
    paths, line = project_files(joined), int(joined.subject.place.rpartition(":")[2])
    found = (_spans(one.placed, path, line) for one in joined.passes for path in paths)
    if paths and not any(found):
        text = f"line {line} of {shown(paths)} names no such host today: it has changed since"
        yield Fact("file", text)


def _spans(placed: Placed, path: str, line: int) -> bool:
    """Whether a directive stands there; nginx counts the line that it ends in."""
    source, place = placed.tree.source, placed.location
    return source.path == path and place.line <= line <= source.line_column(place.span.end)[0]
