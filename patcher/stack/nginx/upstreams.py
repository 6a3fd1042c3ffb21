"""What nginx hands requests to: the hosts and ports behind `proxy_pass` and its kin.

A name in a directive without variables is looked up once, when nginx starts; one that comes from
a variable is looked up at run time, through `resolver`, unless an upstream is known by that name:
https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from patcher.stack.nginx.scopes import Nginx, Placed
from patcher.stack.nginx.variables import expanded, is_run_time

_PASSES: Final = frozenset(
    {"proxy_pass", "grpc_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "memcached_pass"}
)
# behind the port any variable of a URI may follow, behind a bare host only one that begins with `/`
_TARGET: Final = re.compile(
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
    upstream.
    """
    groups = {
        scope.args[0].lower()
        for scope in nginx.main.walk()
        if scope.kind == "upstream" and scope.args
    }
    found = list(_upstreams(nginx, groups))
    known = {
        (one.host.lower(), one.port)
        for one in found
        if one.placed.name in _PASSES and not one.at_run_time
    }
    for one in found:
        is_known = one.placed.name in _PASSES and (one.host.lower(), one.port) in known
        yield replace(one, at_run_time=False) if is_known else one


def _upstreams(nginx: Nginx, groups: set[str]) -> Iterator[Upstream]:
    for scope in nginx.main.walk():
        for placed in scope.directives:
            if placed.name in _PASSES and placed.args:
                yield from _passed(nginx, placed, groups)
            elif scope.kind == "upstream" and placed.name == "server" and placed.args:
                yield from _server(nginx, placed)


def _passed(nginx: Nginx, placed: Placed, groups: set[str]) -> Iterator[Upstream]:
    written = placed.args[0]
    at_run_time = is_run_time(written, placed.scope, nginx.environment)
    for match in _targets(nginx, placed):
        if match["host"].lower() in groups and match["port"] is None:
            continue
        port = int(match["port"]) if match["port"] else _DEFAULT_PORTS.get(match["scheme"] or "")
        yield Upstream(nginx, placed, match["host"], port, at_run_time)


def _server(nginx: Nginx, placed: Placed) -> Iterator[Upstream]:
    for match in _targets(nginx, placed):
        port = int(match["port"]) if match["port"] else 80
        yield Upstream(nginx, placed, match["host"], port, "resolve" in placed.args[1:])


def _targets(nginx: Nginx, placed: Placed) -> Iterator[re.Match[str]]:
    for text in expanded(placed.args[0], placed.scope, nginx.environment):
        match = _TARGET.match(text)
        if match is not None and not text.startswith("unix:"):
            yield match
