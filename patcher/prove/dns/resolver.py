"""The name servers that stand for those of a configuration, and its times, scaled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from patcher.errors import UserError
from patcher.stack.nginx.scopes import Nginx, Placed
from patcher.stack.nginx.upstreams import Upstream
from patcher.stack.resolvers import Resolver, seconds

_KEPT: Final = ("ipv4=", "ipv6=")


def others(nginx: Nginx, dns: str) -> list[str]:
    """Return the name servers of a configuration that are not the one that knows the services."""
    found = [
        server
        for scope in nginx.main.walk()
        for placed in scope.directives
        if placed.name == "resolver"
        for server in _servers(nginx, placed, dns)
    ]
    return list(dict.fromkeys(one.name for one in found if not one.is_dns))


@dataclass(frozen=True, slots=True)
class _Server:
    name: str
    is_dns: bool


def _servers(nginx: Nginx, placed: Placed, dns: str) -> list[_Server]:
    resolver = _resolver(nginx, placed, dns)
    if not resolver.is_known:
        where = placed.location
        message = f"`{placed.head}`: the name servers are not in the files"
        todo = "the DNS lab needs to know which they are"
        raise UserError(message, todo=todo, path=where.path, line=where.line)
    return [_Server(one, resolver.is_dns(one)) for one in resolver.servers]


def _resolver(nginx: Nginx, placed: Placed, dns: str) -> Resolver:
    return Resolver(placed, (Upstream(nginx, placed, "", None, at_run_time=True),), dns)


@dataclass(frozen=True)
class NameServers:
    """The lab's name servers: one like Docker's, and one for each of the `others`, by its name.

    `dns` is the address in the configuration that knows the services; times are divided by
    `scale`. With `healthy`, the one like Docker's stands for all, and where there is none.
    """

    address: str
    docker: int
    others: dict[str, int]
    dns: str
    scale: int
    healthy: bool = False

    def arguments(self, nginx: Nginx, placed: Placed) -> Sequence[str]:
        """Return the arguments of a `resolver`; raises UserError where its servers are unknown."""
        resolver = _resolver(nginx, placed, self.dns)
        kept = [one for one in resolver.parameters if one.startswith(_KEPT)]
        valid = seconds((resolver.valid or "").removeprefix("valid="))
        if valid:
            kept.append(f"valid={self.seconds(valid)}s")
        if self.healthy:
            return [self._at(self.docker), *kept]
        ports = [
            self.docker if one.is_dns else self.others[one.name]
            for one in _servers(nginx, placed, self.dns)
        ]
        return [*map(self._at, ports), *kept]

    def seconds(self, time: float) -> int:
        """Return a time of the configuration in the lab; nginx counts whole seconds here."""
        return max(1, round(time / self.scale))

    @property
    def healthy_default(self) -> str | None:
        """The `resolver` of a configuration that has none; None unless all is to be healthy."""
        return self._at(self.docker) if self.healthy else None

    def _at(self, port: int) -> str:
        return f"{self.address}:{port}"
