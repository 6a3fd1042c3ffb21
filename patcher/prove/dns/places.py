"""The proxied locations of an nginx: what the lab sends requests to, and what it cannot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from patcher.prove.dns.directives import runs_code
from patcher.prove.dns.servers import NO_NAME, listens, name_of, servers
from patcher.prove.dns.targets import Targets, passes
from patcher.prove.dns.uris import candidates
from patcher.stack.nginx.scopes import Nginx, Placed, Scope

MAX_PLACES: Final = 40
"""The most locations of one nginx that requests are sent to."""

_UNSPOKEN: Final = frozenset({"grpc_pass", "memcached_pass"})
_EVERYWHERE: Final = ("/", "/hanna-fix")


@dataclass(frozen=True, slots=True)
class Door:
    """How a server is asked: the port of the lab, TLS or not, and the name."""

    port: int
    tls: bool
    host: str


@dataclass(frozen=True, slots=True)
class Place:
    """A proxied location: its number in the lab's configuration, and words for people."""

    number: int
    title: str
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """A proxied location that gets no requests, and why."""

    place: Place
    reason: str


@dataclass(frozen=True, slots=True)
class Visit:
    """A server with locations to ask: its door, them, and the paths that may lead there."""

    door: Door
    places: tuple[Place, ...]
    paths: tuple[str, ...]


def numbers(nginx: Nginx) -> dict[int, int]:
    """Return the number of every location, by the id() of its scope."""
    locations = (one for one in nginx.main.walk() if one.kind == "location")
    return {id(one): number for number, one in enumerate(locations, 1)}


def survey(targets: Targets) -> tuple[list[Visit], list[Skipped]]:
    """Return what to ask of an nginx, and the proxied locations that cannot be asked."""
    visits: list[Visit] = []
    skipped: list[Skipped] = []
    numbered = numbers(targets.nginx)
    room = MAX_PLACES
    for server in servers(targets.nginx):
        door = _door(server, targets)
        asked: list[Place] = []
        for location, placed in _proxied(server):
            place = _place(server, location, placed, numbered[id(location)], targets)
            reason = _reason(location, door, targets, room - len(asked))
            if reason is None:
                asked.append(place)
            else:
                skipped.append(Skipped(place, reason))
        if asked and door is not None:
            visits.append(Visit(door, tuple(asked), _paths(server)))
            room -= len(asked)
    return visits, [*skipped, *_streams(targets.nginx)]


def _streams(nginx: Nginx) -> Iterator[Skipped]:
    for scope in nginx.main.walk():
        if scope.kind == "server" and scope.context[:1] == ("stream",):
            for placed in passes(scope):
                where = placed.location
                place = Place(0, "server of `stream`", where.path, where.line)
                yield Skipped(place, "the lab sends HTTP requests")


def _proxied(server: Scope) -> Iterator[tuple[Scope, Placed]]:
    for scope in server.walk():
        if scope.kind == "location":
            placed = next(passes(scope), None)
            if placed is not None:
                yield scope, placed


def _place(server: Scope, location: Scope, placed: Placed, number: int, targets: Targets) -> Place:
    host = name_of(server, targets.nginx.environment)
    whose = "" if host == NO_NAME else f" of {host}"
    title = f"location {' '.join(location.args)}{whose}"
    where = placed.location
    return Place(number, title, where.path, where.line)


def _reason(location: Scope, door: Door | None, targets: Targets, room: int) -> str | None:
    """Return why a location cannot be asked, None where it can."""
    own = list(passes(location))
    if (code := next(_code(location), None)) is not None:
        return f"`{code.name}` would run code of the project"
    unspoken = next((one.name for one in own if one.name in _UNSPOKEN), None)
    if unspoken is not None:
        return f"the stand-ins do not speak what `{unspoken}` does"
    if not any(targets.services(one) for one in own):
        return f"`{own[0].head}` leads to no service of the stack, as far as the files tell"
    if door is None:
        return "its server listens on no TCP port"
    return None if room > 0 else f"the lab asks {MAX_PLACES} locations of an nginx, no more"


def _code(location: Scope) -> Iterator[Placed]:
    """Yield what would run code for a request to a location."""
    for scope in location.chain():
        if scope.kind in ("location", "server"):
            yield from (one for one in scope.directives if runs_code(one.name))


def _door(server: Scope, targets: Targets) -> Door | None:
    environment = targets.nginx.environment
    found = listens(server, environment)
    host = name_of(server, environment)
    return next((Door(one.port, one.tls, host) for one in found), None)


def _paths(server: Scope) -> tuple[str, ...]:
    locations = [one for one in server.walk() if one.kind == "location"]
    paths = [path for one in locations for path in candidates(one)]
    return tuple(dict.fromkeys([*paths, *_EVERYWHERE]))[: 4 * MAX_PLACES]
