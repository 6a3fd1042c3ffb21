"""Resolvers that lookups go through, and lookups that have none.

Source: https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from typing import Final

from patcher.finding import Location, NoFix
from patcher.lang.nginx_tree import Tree
from patcher.patterns import regex
from patcher.records import dataclass
from patcher.stack.compose.service import Service
from patcher.stack.nginx.embedded import Embedded
from patcher.stack.nginx.scopes import Nginx, Placed, Scope
from patcher.stack.nginx.upstreams import Upstream
from patcher.stack.nginx.variables import filled, names_in
from patcher.stack.stack import Stack

DOCKER_DNS: Final = "127.0.0.11"

# as ngx_parse_time reads it: units from the longest to the shortest, each once; a number alone is
# in seconds; a month and a year are 30 and 365 days (https://nginx.org/en/docs/syntax.html)
_UNITS: Final = (31536000, 2592000, 604800, 86400, 3600, 60, 1, 0.001, 1)
_TIME: Final = regex(
    r"(?:(\d{1,9})y *)?(?:(\d{1,9})M *)?(?:(\d{1,9})w *)?(?:(\d{1,9})d *)?(?:(\d{1,9})h *)?"
    r"(?:(\d{1,9})m(?!s) *)?(?:(\d{1,9})[s ] *)?(?:(\d{1,9})ms *)?(\d{1,9})?"
)
_LOCAL_RESOLVERS: Final = "NGINX_LOCAL_RESOLVERS"


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
        """The name servers, those from the environment filled in where it is known."""
        written = (arg for arg in self.placed.args if "=" not in arg)
        return tuple(server for arg in written for server in self._filled(arg))

    def _filled(self, server: str) -> list[str]:
        given = {filled(server, _given(one.nginx)) for one in self.lookups}
        return given.pop().split() if len(given) == 1 else [server]

    @property
    def variables(self) -> tuple[str, ...]:
        """The environment variables that name servers come from."""
        return tuple(name for arg in self.placed.args if "=" not in arg for name in names_in(arg))

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
        """Whether every server is known; OpenResty's `local=on` takes more from resolv.conf."""
        is_local = any(arg.startswith("local=") for arg in self.parameters)
        return not is_local and not any("$" in server for server in self.servers)

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


def _given(nginx: Nginx) -> dict[str, str | None]:
    """Return the environment that templates see: the official image adds the container's DNS."""
    given = dict(nginx.environment)
    if given.get("NGINX_ENTRYPOINT_LOCAL_RESOLVERS") and nginx.has_docker_dns:
        given.setdefault(_LOCAL_RESOLVERS, DOCKER_DNS)
    return given


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


def seconds(text: str, *, milliseconds: bool = False) -> float | None:
    """Return an nginx time such as `30s` or `1h 30m` in seconds, None where nginx refuses it.

    With `milliseconds` as in `resolver_timeout`, which knows `ms` and neither months nor years;
    without as in `valid=`, which is the other way round.
    """
    match = _TIME.fullmatch(text)
    if match is None or not any(match.groups()):
        return None
    if (match[1] or match[2]) if milliseconds else match[8]:
        return None
    return sum(int(part) * unit for part, unit in zip(match.groups(), _UNITS, strict=True) if part)


def shown(names: Sequence[str]) -> str:
    """Return names for a message: at most three, and how many more."""
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(f"`{name}`" for name in names[:3]) + more


def not_edited(tree: Tree, by_hand: str) -> NoFix | None:
    """Return why a text inside of another file stays as it is; None for a file of its own."""
    source = tree.source
    if not isinstance(source, Embedded):
        return None
    return NoFix(f"it stands in {source.holder}, which is not edited", by_hand)


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
