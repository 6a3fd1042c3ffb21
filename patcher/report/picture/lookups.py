"""How nginx finds what it hands requests to: nginx -> resolver -> service -> network, as data.

Sources: https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver and
https://docs.docker.com/engine/network/#dns-services
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum

from patcher.finding import Finding
from patcher.records import dataclass
from patcher.report.picture.fault import Faults, about_place, faults_of
from patcher.stack.compose.service import Service
from patcher.stack.nginx.scopes import Placed
from patcher.stack.nginx.upstreams import Upstream
from patcher.stack.reach import Network, network_owner, networks_of, shared
from patcher.stack.resolvers import Resolver, resolvers
from patcher.stack.stack import Stack

_TARGET_RULES = ("unknown-upstream", "unreachable-upstream", "upstream-port-mismatch")
_FROM_ENVIRONMENT = "a host that the environment names"


class When(Enum):
    """When nginx looks a host up; the value is how a picture says it."""

    START = "once, when nginx starts"
    RUN_TIME = "while nginx runs"
    NEVER = "never: it is an address"


@dataclass(frozen=True, slots=True)
class Server:
    """One name server of a `resolver`: `knows` the services' names, or breaks their lookup."""

    address: str
    knows: bool
    faults: Faults = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A `resolver` directive: its place, name servers, and other words such as `valid=60s`."""

    place: str
    servers: tuple[Server, ...]
    words: str


@dataclass(frozen=True, slots=True)
class On:
    """A network that a service is on, and whether the asking nginx is on it, too.

    `name` is its own name, empty where the files give none.
    """

    key: str
    name: str
    shared: bool


@dataclass(frozen=True, slots=True)
class Lookup:
    """One host that an nginx hands requests to, and the way to it.

    `resolver` is None where none is asked, or none is there (`no_resolver` then says what finding
    that is). `service` is the one that the host names, empty for any other host. `faults` are
    those of the way from the name to the service.
    """

    nginx: str
    host: str
    port: int | None
    when: When
    place: str
    resolver: Asked | None
    no_resolver: Faults
    service: str
    networks: tuple[On, ...]
    faults: Faults

    @property
    def broken(self) -> bool:
        """Whether a finding says that this lookup fails, now and then or always."""
        servers = self.resolver.servers if self.resolver else ()
        return bool(self.faults or self.no_resolver or any(one.faults for one in servers))

    @property
    def every_fault(self) -> Faults:
        """The faults of the whole way, each once."""
        servers = self.resolver.servers if self.resolver else ()
        steps = (self.no_resolver, *(one.faults for one in servers), self.faults)
        return tuple(dict.fromkeys(fault for step in steps for fault in step))


def lookups(stack: Stack, findings: Sequence[Finding]) -> tuple[Lookup, ...]:
    """Return every host that an nginx of the stack hands requests to, each way to it once.

    `findings` are those that hold for the stack.
    """
    asked = {one.placed.key: _asked(one, findings) for one in resolvers(stack)}
    found: dict[object, Lookup] = {}
    for upstream in stack.upstreams:
        one = _lookup(stack, upstream, asked, findings)
        way = (one.nginx, one.host, one.port, one.when, one.resolver, one.no_resolver, one.faults)
        found.setdefault(way, one)
    return tuple(found.values())


def _asked(resolver: Resolver, findings: Sequence[Finding]) -> Asked:
    placed = resolver.placed
    mixed = faults_of(about_place(findings, placed.location, "resolver-mixed"))
    servers = (
        Server(one, resolver.is_dns(one), () if resolver.is_dns(one) else mixed)
        for one in resolver.servers
    )
    limit = placed.scope.inherited("resolver_timeout")
    words = [*resolver.parameters, *([f"timeout={limit.args[0]}"] if limit and limit.args else [])]
    return Asked(_place(placed), tuple(servers), " ".join(words))


def _lookup(
    stack: Stack,
    upstream: Upstream,
    asked: dict[tuple[str, tuple[str | int, ...]], Asked],
    findings: Sequence[Finding],
) -> Lookup:
    placed = upstream.placed
    target = stack.service_at(upstream)
    at_run_time = upstream.at_run_time and upstream.is_name
    resolver = placed.scope.inherited("resolver") if at_run_time else None
    lost = about_place(findings, placed.location, "resolver-missing")
    rules = _TARGET_RULES if upstream.at_run_time else (*_TARGET_RULES, "static-upstream")
    return Lookup(
        upstream.nginx.service.name if upstream.nginx.service else placed.tree.source.path,
        _host(stack, upstream),
        upstream.port,
        _when(upstream),
        _place(placed),
        asked.get(resolver.key) if resolver else None,
        faults_of(lost) if at_run_time and resolver is None else (),
        target.name if target else "",
        tuple(_networks(stack, upstream, target)) if target else (),
        faults_of(about_place(findings, placed.location, *rules)),
    )


def _when(upstream: Upstream) -> When:
    if not upstream.is_name:
        return When.NEVER
    return When.RUN_TIME if upstream.at_run_time else When.START


def _host(stack: Stack, upstream: Upstream) -> str:
    """Return the host; values of the environment are not printed."""
    is_service = stack.service_at(upstream) is not None
    return upstream.host if upstream.is_written or is_service else _FROM_ENVIRONMENT


def _networks(stack: Stack, upstream: Upstream, target: Service) -> Iterator[On]:
    project, nginx = stack.project, upstream.nginx.service
    owner = network_owner(project, nginx) if nginx else None
    own = networks_of(project, owner) if owner else ()
    there = network_owner(project, target)
    for one in networks_of(project, there) if there else ():
        yield On(one.key, _name(stack, one), bool(shared((one,), own)))


def _name(stack: Stack, network: Network) -> str:
    """Return a network's own name; values of the environment are not printed."""
    if network.name is None:
        return ""
    files = (one.tree.source.text for one in stack.project.documents)
    is_written = any(network.name in text for text in files)
    return network.name if is_written else "by the environment"


def _place(placed: Placed) -> str:
    place = placed.location
    return f"{place.path}:{place.line}"
