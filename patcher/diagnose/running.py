"""What the running containers add to a failure: states, addresses, and databases."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from patcher.diagnose.causes import Cause
from patcher.diagnose.docker import NoAnswer
from patcher.diagnose.facts import Fact
from patcher.diagnose.join import Joined
from patcher.diagnose.live import Container, containers
from patcher.diagnose.tables import Tables, can_be_asked, tables
from patcher.records import dataclass
from patcher.stack.persistence import runs_server
from patcher.stack.stack import Stack


@dataclass(frozen=True, slots=True)
class Running:
    """The project's containers at present, and what its databases hold."""

    containers: tuple[Container, ...]
    databases: tuple[Tables, ...]

    def of(self, service: str) -> tuple[Container, ...]:
        """Return the containers of a service."""
        return tuple(one for one in self.containers if one.service == service)

    def at(self, address: str) -> tuple[str, ...]:
        """Return the services that have an address at present."""
        if not address:
            return ()
        found = (one.service for one in self.containers if address in one.networks.values())
        return tuple(dict.fromkeys(found))


def running(stack: Stack) -> Running:
    """Ask Docker about a stack; raises NoAnswer where it does not answer."""
    if not stack.project.name:
        raise NoAnswer("the project's name is not known")
    found = containers(stack.project.name)
    return Running(found, tuple(_databases(stack, found)))


def _databases(stack: Stack, found: tuple[Container, ...]) -> Iterator[Tables]:
    for one in found:
        facts = stack.facts.get(one.service)
        family = facts.family if facts is not None else None
        if facts is None or family is None or not one.is_running:
            continue
        if can_be_asked(family.name) and runs_server(facts):
            yield tables(one, family.name)


def facts_now(joined: Joined, now: Running) -> Iterator[Fact]:
    """Yield what is seen at present, which need not be what was when the line was written."""
    host = joined.subject.host
    if _is_address(host):
        owners = now.at(host)
        nobody = f"no container of the project has {host}"
        yield Fact("now", f"{host} is an address of `{owners[0]}`" if owners else nobody)
    if joined.service is None:
        return
    found = now.of(joined.service.name)
    if not found:
        yield Fact("now", f"`{joined.service.name}` has no container")
    for one in found:
        started = f", started {one.started} UTC" if one.is_running else ""
        yield Fact("now", f"`{one.service}` is {one.state}{started}")
    yield from _networks(joined, now, found)


def _networks(joined: Joined, now: Running, found: tuple[Container, ...]) -> Iterator[Fact]:
    for asking in joined.askers:
        own = {name for one in now.of(asking.name) for name in one.networks}
        theirs = {name for one in found for name in one.networks}
        if own and theirs and own.isdisjoint(theirs):
            yield Fact("now", f"its container shares no network with that of `{asking.name}`")


def cause_now(joined: Joined, now: Running) -> Iterator[Cause]:
    """Yield the causes that are seen at present."""
    if joined.service is None:
        return
    name, address = joined.service.name, joined.subject.host
    owners = now.at(address)
    if owners and name not in owners:
        yield Cause(
            f"nginx kept an old address of `{name}`: {address} is one of `{owners[0]}` at present",
            f"`nginx -s reload` in its container makes nginx look `{name}` up again",
        )
    found = now.of(name)
    if not any(one.is_running for one in found):
        state = found[0].state if found else "not there"
        yield Cause(
            f"the container of `{name}` does not run at present: it is {state}",
            f"`docker compose logs {name}` tells why",
        )


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
