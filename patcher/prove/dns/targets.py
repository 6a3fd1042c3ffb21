"""Where the pass directives of an nginx lead, and the ports that the stand-ins need for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from patcher.stack.nginx.scopes import Nginx, Placed, Scope
from patcher.stack.nginx.upstreams import PASSES, Upstream, protocol, upstreams
from patcher.stack.nginx.variables import expanded
from patcher.stack.reach import is_answered, network_owner
from patcher.stack.stack import Stack

TARGET: Final = re.compile(
    r"(?:(?P<scheme>\w+|\$\{?scheme\}?)://)?(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s:/?$\[\]]+)"
    r"(?::(?P<port>\d{1,5}))?(?P<rest>(?:[/?$].*)?)",
    re.DOTALL,
)
_PORT_VARIABLE: Final = re.compile(r":\$\{?(\w+)\}?(?=[/?]|$)")
_TLS: Final = frozenset({"https", "grpcs", "suwsgi"})
_PRIVILEGED: Final = 1024
_MOVED: Final = 20000


def lab_port(port: int) -> int:
    """Return the port that stands for `port`: those below 1024 need privileges, and are moved."""
    return port + _MOVED if port < _PRIVILEGED else port


@dataclass(frozen=True, eq=False)
class Targets:
    """The hosts behind the pass directives of one nginx."""

    stack: Stack
    nginx: Nginx

    @cached_property
    def upstreams(self) -> tuple[Upstream, ...]:
        """Every host that this nginx's `http` hands requests to."""
        return tuple(one for one in upstreams(self.nginx) if protocol(one.placed.scope) == "http")

    @cached_property
    def groups(self) -> dict[str, tuple[Upstream, ...]]:
        """The upstream groups of `http` by name, each with its servers."""
        scopes = [one for one in self.nginx.main.walk() if one.kind == "upstream" and one.args]
        return {
            scope.args[0].lower(): tuple(one for one in self.upstreams if one.placed.scope is scope)
            for scope in scopes
            if protocol(scope) == "http"
        }

    @cached_property
    def known(self) -> frozenset[tuple[str, int | None]]:
        """Hosts and ports that a directive names literally: nginx looks them up at start alone."""
        return frozenset(
            (one.host.lower(), one.port)
            for one in self.upstreams
            if one.is_passed and not one.at_run_time
        )

    @cached_property
    def hosts(self) -> frozenset[str]:
        """The hosts that are services of the stack, in lower case."""
        return frozenset(one.host.lower() for one in self.upstreams if self.service(one))

    @cached_property
    def port_variables(self) -> frozenset[str]:
        """The variables that pass directives take a port from, in lower case, with their `$`."""
        return frozenset(
            f"${match[1]}".lower()
            for scope in self.nginx.main.walk()
            for placed in scope.directives
            if placed.name in PASSES and placed.args
            for match in _PORT_VARIABLE.finditer(placed.args[0])
        )

    @cached_property
    def ports(self) -> dict[str, dict[int, bool]]:
        """The ports of the stand-in of each service, True where nginx speaks TLS to it."""
        found: dict[str, dict[int, bool]] = {}
        with_tls = {id(one) for one in self._with_tls()}
        for one in self.upstreams:
            if (service := self.service(one)) and one.port:
                ports = found.setdefault(service, {})
                port = lab_port(one.port)
                ports[port] = ports.get(port, False) or id(one) in with_tls
        return found

    def service(self, upstream: Upstream) -> str | None:
        """Return the service that a host names."""
        found = self.stack.service_at(upstream) if upstream.is_name else None
        return None if found is None else found.name

    def answered(self, host: str) -> str | None:
        """Return the service whose address Docker's DNS gives this nginx for a host.

        Names are answered on the networks that the asking container is on.
        """
        project, asking = self.stack.project, self.nginx.service
        found = self.named(host)
        if found is None or asking is None or host in asking.links:
            return found
        owner = network_owner(project, asking)
        return found if owner is not None and is_answered(project, owner, host) else None

    def named(self, host: str) -> str | None:
        """Return the service that a host names, on whatever network."""
        nginx = self.nginx
        known = nginx.has_docker_dns
        found = self.stack.project.by_name(host, nginx.service) if known else None
        return None if found is None else found.name

    def services(self, placed: Placed) -> set[str]:
        """Return the services that a pass directive may lead to."""
        return {found for _, one in self._behind(placed) if (found := self.service(one))}

    def _with_tls(self) -> Iterator[Upstream]:
        for scope in self.nginx.main.walk():
            for placed in scope.directives:
                if placed.name in PASSES and placed.args and protocol(scope) == "http":
                    yield from (one for scheme, one in self._behind(placed) if scheme in _TLS)

    def _behind(self, placed: Placed) -> Iterator[tuple[str, Upstream]]:
        """Yield the scheme and the upstream of every host behind a pass directive."""
        own = [one for one in self.upstreams if one.placed is placed]
        for text in expanded(placed.args[0], placed.scope, self.nginx.environment):
            match = TARGET.fullmatch(text)
            if match is None:
                continue
            host, scheme = match["host"].lower(), match["scheme"] or ""
            yield from ((scheme, one) for one in own if one.host.lower() == host)
            if match["port"] is None:
                yield from ((scheme, one) for one in self.groups.get(host, ()))


def passes(location: Scope) -> Iterator[Placed]:
    """Yield the pass directives of a location, with those in its `if` and `limit_except` blocks."""
    yield from (one for one in location.directives if one.name in PASSES and one.args)
    for child in location.children:
        if child.kind in ("if", "limit_except"):
            yield from passes(child)
