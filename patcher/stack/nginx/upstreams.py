"""What nginx hands requests to: the hosts and ports behind `proxy_pass` and its kin.

A name in a directive without variables is looked up once, when nginx starts; one that comes from
a variable is looked up at run time, through `resolver`, unless an upstream is known by that name:
https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass

Measured with nginx 1.31: that holds for `proxy_pass` (also of stream), `grpc_pass`, `fastcgi_pass`,
`uwsgi_pass` and `scgi_pass`; `memcached_pass` takes no variables. Only `proxy_pass` of http has a
port of its own for a name from a variable; the others say `no port in upstream`. A group is found
by its name alone, without a port.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from patcher.patterns import regex
from patcher.records import dataclass
from patcher.stack.nginx.scopes import Nginx, Placed, Scope
from patcher.stack.nginx.variables import expanded, is_run_time

PASSES: Final = frozenset(
    {"proxy_pass", "grpc_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "memcached_pass"}
)
# behind the port any variable of a URI may follow, behind a bare host only one that begins with `/`
_TARGET: Final = regex(
    r"(?:(?P<scheme>https?|grpcs?|s?uwsgi|\$scheme|\$\{scheme\})://)?"
    r"(?P<host>\[[0-9a-fA-F:.]+\]|[^\s:/?$\[\]]+)"
    r"(?:(?::(?P<port>\d{1,5})(?=[/?$]|$))|(?=[/?]|\$\{?(?:request_uri|uri|document_uri)\b|$))"
)
_DEFAULT_PORTS: Final = {"http": 80, "https": 443, "grpc": 80, "grpcs": 443}


@dataclass(frozen=True, slots=True)
class Upstream:
    """One host that nginx hands requests to.

    `placed` is the directive that names it; `at_run_time` tells a lookup through `resolver` from
    one at start; `port` is None where the directive leaves it to a default that is not known.
    """

    nginx: Nginx
    placed: Placed
    host: str
    port: int | None
    at_run_time: bool

    @property
    def is_passed(self) -> bool:
        """Whether a pass directive names the host, not a server of a group."""
        return self.placed.name in PASSES

    @property
    def is_written(self) -> bool:
        """Whether nginx's files hold the host; else a value of the environment names it."""
        return any(self.host in tree.source.text for tree in self.nginx.trees())

    @property
    def is_name(self) -> bool:
        """Whether the host is a name to be looked up, not an address."""
        try:
            ipaddress.ip_address(self.host.strip("[]"))
        except ValueError:
            return True
        return False


def upstreams(nginx: Nginx) -> Iterator[Upstream]:
    """Yield the hosts behind every pass directive and upstream server of a configuration.

    A directive whose host cannot be told from the files yields nothing. A host and port that a
    directive without variables names, too, are no lookup at run time: nginx takes them for that
    upstream. `http` and `stream` know nothing of each other's.
    """
    groups = group_names(nginx)
    found = list(_upstreams(nginx, groups))
    known = {_known_as(one) for one in found if one.is_passed and not one.at_run_time}
    for one in found:
        is_known = one.is_passed and _known_as(one) in known
        yield replace(one, at_run_time=False) if is_known else one


def group_names(nginx: Nginx) -> set[tuple[str, str]]:
    """Return the upstream groups: the protocol (`http` or `stream`) and the name of each."""
    scopes = (scope for scope in nginx.main.walk() if scope.kind == "upstream" and scope.args)
    return {(protocol(scope), scope.args[0].lower()) for scope in scopes}


def protocol(scope: Scope) -> str:
    """Return the block of the main context that holds a scope, such as `http`."""
    return scope.context[0] if scope.context else ""


def _known_as(one: Upstream) -> tuple[str, str, int | None]:
    return protocol(one.placed.scope), one.host.lower(), one.port


def _upstreams(nginx: Nginx, groups: set[tuple[str, str]]) -> Iterator[Upstream]:
    for scope in nginx.main.walk():
        for placed in scope.directives:
            if placed.name in PASSES and placed.args:
                yield from _passed(nginx, placed, groups)
            elif scope.kind == "upstream" and placed.name == "server" and placed.args:
                yield from _server(nginx, placed)


def _passed(nginx: Nginx, placed: Placed, groups: set[tuple[str, str]]) -> Iterator[Upstream]:
    at_run_time = is_run_time(placed.args[0], placed.scope, nginx.environment)
    if at_run_time and placed.name == "memcached_pass":
        return  # it takes no variables: `no port in upstream "$up"`
    for match in _targets(nginx, placed):
        group = (protocol(placed.scope), match["host"].lower())
        if group in groups and match["port"] is None:
            continue
        port = int(match["port"]) if match["port"] else _default_port(match, at_run_time)
        if at_run_time and port is None and not _has_default(placed):
            continue  # `no port in upstream`, whatever the resolver
        yield Upstream(nginx, placed, match["host"], port, at_run_time)


def _has_default(placed: Placed) -> bool:
    return placed.name == "proxy_pass" and protocol(placed.scope) == "http"


def _default_port(match: re.Match[str], at_run_time: bool) -> int | None:
    scheme = match["scheme"] or ""
    return None if at_run_time and "grpc" in scheme else _DEFAULT_PORTS.get(scheme)


def _server(nginx: Nginx, placed: Placed) -> Iterator[Upstream]:
    for match in _targets(nginx, placed):
        port = int(match["port"]) if match["port"] else 80
        yield Upstream(nginx, placed, match["host"], port, "resolve" in placed.args[1:])


def _targets(nginx: Nginx, placed: Placed) -> Iterator[re.Match[str]]:
    for text in expanded(placed.args[0], placed.scope, nginx.environment):
        match = _TARGET.match(text)
        if match is not None and not text.startswith("unix:"):
            yield match
