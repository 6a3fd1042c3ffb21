"""What nginx hands requests to: the hosts and ports behind `proxy_pass` and its kin.

A name in a directive without variables is looked up once, when nginx starts; one that comes from
a variable is looked up at run time, through `resolver`:
https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from patcher.stack.nginx import Nginx, Placed, Scope

_PASSES: Final = frozenset(
    {"proxy_pass", "grpc_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "memcached_pass"}
)
_TARGET: Final = re.compile(
    r"(?:(?P<scheme>https?|grpcs?)://)?(?P<host>\[[0-9a-fA-F:]+\]|[^\s:/$\[\]]+)(?::(?P<port>\d+))?"
    r"(?=[/?]|\$(?:request_uri|uri|document_uri)\b|$)"
)
_VARIABLE: Final = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443, "grpc": 80, "grpcs": 443}
_MAP_WORDS: Final = frozenset({"include", "hostnames", "volatile"})
_MAX_VALUES: Final = 50


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

    A directive whose host cannot be told from the files yields nothing.
    """
    groups = {
        scope.args[0] for scope in nginx.main.walk() if scope.kind == "upstream" and scope.args
    }
    for scope in nginx.main.walk():
        for placed in scope.directives:
            if placed.name in _PASSES and placed.args:
                yield from _passed(nginx, placed, groups)
            elif scope.kind == "upstream" and placed.name == "server" and placed.args:
                yield from _server(nginx, placed)


def _passed(nginx: Nginx, placed: Placed, groups: set[str]) -> Iterator[Upstream]:
    written = placed.args[0]
    environment = _environment(nginx)
    for text in sorted(_expanded(written, placed.scope, environment)):
        match = _TARGET.match(text)
        if match is None or match["host"] in groups or text.startswith("unix:"):
            continue
        port = int(match["port"]) if match["port"] else _DEFAULT_PORTS.get(match["scheme"] or "")
        at_run_time = any(name not in environment for name in _names(written))
        yield Upstream(nginx, placed, match["host"], port, at_run_time)


def _server(nginx: Nginx, placed: Placed) -> Iterator[Upstream]:
    for text in _expanded(placed.args[0], placed.scope, _environment(nginx)):
        match = _TARGET.match(text)
        if match is not None and not text.startswith("unix:"):
            port = int(match["port"]) if match["port"] else 80
            yield Upstream(nginx, placed, match["host"], port, "resolve" in placed.args[1:])


def _environment(nginx: Nginx) -> Mapping[str, str]:
    """Return what the official image's entrypoint substitutes in templates."""
    found = nginx.service.environment if nginx.service else {}
    return {name: value for name, value in found.items() if value is not None}


def _names(text: str) -> list[str]:
    return [match[1] or match[2] for match in _VARIABLE.finditer(text)]


def _expanded(text: str, scope: Scope, environment: Mapping[str, str], depth: int = 0) -> set[str]:
    """Return every text that `text` may become; unknown variables stay in it."""
    names = [name for name in _names(text) if name]
    for name in names if depth < 10 else ():
        values = {environment[name]} if name in environment else _assigned(name, scope)
        if values and len(values) <= _MAX_VALUES:
            replaced = (_replace(text, name, value) for value in values)
            found = (_expanded(one, scope, environment, depth + 1) for one in replaced)
            return set().union(*found)
    return {text}


def _replace(text: str, name: str, value: str) -> str:
    return _VARIABLE.sub(lambda match: value if (match[1] or match[2]) == name else match[0], text)


def _assigned(name: str, scope: Scope) -> set[str]:
    """Return what `set` gives a variable in the nearest scope that sets it, or what a `map` does.

    Sources: https://nginx.org/en/docs/http/ngx_http_rewrite_module.html#set and
    https://nginx.org/en/docs/http/ngx_http_map_module.html
    """
    for enclosing in scope.chain():
        inner = [enclosing, *(child for child in enclosing.children if child.kind == "if")]
        values = {
            one.args[1]
            for block in inner
            for one in block.directives
            if one.name == "set" and len(one.args) == 2 and one.args[0] == f"${name}"
        }
        if values:
            return {value for value in values if f"${name}" not in value}
        for child in enclosing.children:
            if child.kind == "map" and child.args[1:] == (f"${name}",):
                entries = (one for one in child.directives if one.name not in _MAP_WORDS)
                return {one.args[0] for one in entries if one.args}
    return set()
