"""Resolvers that lookups go through, and lookups that have none.

Source: https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from patcher.finding import Location
from patcher.stack.compose.service import Service
from patcher.stack.nginx.scopes import Placed, Scope
from patcher.stack.nginx.upstreams import Upstream
from patcher.stack.stack import Stack

DOCKER_DNS: Final = "127.0.0.11"

# https://nginx.org/en/docs/syntax.html; a month and a year are 30 and 365 days there
_UNITS: Final = {
    "ms": 0.001,
    "": 1,
    "s": 1,
    "m": 60,
    "h": 3600,
    "d": 86400,
    "w": 604800,
    "M": 2592000,
    "y": 31536000,
}
_TIME: Final = re.compile(r"(\d{1,9})(ms|[smhdwMy]|$)")


@dataclass(frozen=True, eq=False)
class Resolver:
    """A `resolver` directive, and the run-time lookups that go through it.

    `dns` is the name server that knows the services: Docker's, or the one of the settings.
    """

    placed: Placed
    lookups: tuple[Upstream, ...]
    dns: str = DOCKER_DNS

    @property
    def locations(self) -> tuple[Location, ...]:
        """The place of the directive, then those of the directives that need it, each once."""
        used = {one.placed.key: one.placed.location for one in self.lookups}
        return self.placed.location, *used.values()

    @property
    def servers(self) -> tuple[str, ...]:
        """The name servers as written."""
        return tuple(arg for arg in self.placed.args if "=" not in arg)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The arguments that are no servers, such as `valid=30s`."""
        return tuple(arg for arg in self.placed.args if "=" in arg)

    @property
    def valid(self) -> str | None:
        """The parameter that says how long answers are kept, such as `valid=30s`."""
        return next((arg for arg in reversed(self.parameters) if arg.startswith("valid=")), None)

    @property
    def is_known(self) -> bool:
        """Whether every server is written out, not left to a variable."""
        return not any("$" in server for server in self.servers)

    @property
    def asks_docker(self) -> bool:
        """Whether the name server that knows the services is among the servers."""
        return any(map(self.is_dns, self.servers))

    def is_dns(self, server: str) -> bool:
        """Tell whether a server is the one that knows the services, port 53 said or not."""
        return is_docker(server, self.dns)


def is_docker(server: str, dns: str = DOCKER_DNS) -> bool:
    """Tell whether a server of a `resolver` is Docker's embedded DNS, or the `dns` in its place."""
    return server.removesuffix(":53") == dns.removesuffix(":53")


def dns_name(dns: str) -> str:
    """Return what messages call the name server that knows the services."""
    return "Docker's DNS" if is_docker(dns) else dns


def is_public(server: str) -> bool:
    """Tell whether a server of a `resolver` is an address on the public Internet."""
    bare = server.rpartition("]")[0].lstrip("[") if "]" in server else server.partition(":")[0]
    try:
        return ipaddress.ip_address(bare).is_global
    except ValueError:
        return False


def run_time_lookups(stack: Stack) -> Iterator[Upstream]:
    """Yield the upstreams whose host is a name that nginx looks up at run time."""
    return (one for one in stack.upstreams if one.at_run_time and one.is_name)


def resolvers(stack: Stack) -> list[Resolver]:
    """Return every resolver that some run-time lookup goes through, each once."""
    found: dict[object, tuple[Placed, list[Upstream]]] = {}
    for upstream in run_time_lookups(stack):
        placed = upstream.placed.scope.inherited("resolver")
        if placed is not None:
            found.setdefault(placed.key, (placed, []))[1].append(upstream)
    dns = stack.settings.resolver
    return [Resolver(placed, tuple(lookups), dns) for placed, lookups in found.values()]


def service_names(stack: Stack, lookups: tuple[Upstream, ...]) -> list[str]:
    """Return the looked-up hosts that name services of the stack, each once, in order."""
    hosts = (one.host for one in lookups if stack.service_at(one) is not None)
    return list(dict.fromkeys(hosts))


def seconds(text: str) -> float | None:
    """Return an nginx time such as `30s` or `1h 30m` in seconds, None where it is none."""
    compact = text.replace(" ", "")
    parts = list(_TIME.finditer(compact))
    if not parts or "".join(part[0] for part in parts) != compact:
        return None
    return sum(int(part[1]) * _UNITS[part[2]] for part in parts)


def shown(names: Sequence[str]) -> str:
    """Return names for a message: at most three, and how many more."""
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(f"`{name}`" for name in names[:3]) + more


def unread_around(scope: Scope) -> list[str]:
    """Return what is part of a scope or those around it and is not in the project, each once."""
    unread = (one for enclosing in scope.chain() if enclosing.context for one in enclosing.unread)
    return list(dict.fromkeys(unread))


def readers(lookups: Sequence[Upstream]) -> str:
    """Return the services whose nginx makes these lookups, for a message."""
    names = [one.nginx.service.name for one in lookups if one.nginx.service is not None]
    return shown(list(dict.fromkeys(names))) or "this nginx"


def next_up(lookups: Sequence[Upstream], path: str) -> str:
    """Return what must happen for nginx to read `path`, the file that a fix for them changes.

    Compose does not see that a mounted file has changed; a file that is mounted by itself is
    replaced, not rewritten, so a reload would still read the old one.
    """
    services = {one.nginx.service.name: one.nginx.service for one in lookups if one.nginx.service}
    mounted = [name for name, service in services.items() if _mounts(service, path)]
    built = [name for name in services if name not in mounted]
    if not services:
        return "reads the file when nginx is restarted"
    parts = []
    if mounted:
        names = ", ".join(f"`{name}`" for name in mounted)
        parts.append(
            f"keeps a running {names} as it is unless its entry changed too; "
            f"`docker compose restart {' '.join(mounted)}` makes it read the file"
        )
    if built:
        names = ", ".join(f"`{name}`" for name in built)
        parts.append(f"needs `--build` to take the file into the image of {names}")
    return "; ".join(parts)


def _mounts(service: Service, path: str) -> bool:
    sources = (mount.source for mount in service.mounts if mount.source is not None)
    return any(source in (path, ".") or path.startswith(f"{source}/") for source in sources)
