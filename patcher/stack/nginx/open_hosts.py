"""Hosts of pass directives that are names for certain, and that no file spells out.

`proxy_pass http://app-$1:8000` needs a resolver, whatever `$1` holds: nothing with a letter in it
is an address. So does `$ssl_preread_server_name`, which cannot hold one (RFC 6066, section 3), and
`$host`, where clients ask for the site by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from patcher.patterns import regex
from patcher.stack.nginx.scopes import Nginx, Placed
from patcher.stack.nginx.upstreams import PASSES, Upstream, group_names, protocol
from patcher.stack.nginx.variables import expanded, is_assigned, is_run_time, names_in

# a variable that begins with `/` or `?` ends the host
_PATH: Final = r"\$\{?(?:request_uri|uri|document_uri|is_args|args)\b"
_HOST: Final = regex(
    r"(?:(?:\w+|\$\{?\w+\}?)://)?"
    rf"((?:[\w.-]|(?!{_PATH})\$(?:\w+|\{{\w+\}}))+)(?=[/:?]|{_PATH}|$)",
    re.ASCII,
)
_VARIABLE: Final = regex(r"\$(?:\w+|\{\w+\})", re.ASCII)
_NAMES: Final = frozenset({"host", "http_host", "ssl_preread_server_name", "ssl_server_name"})
_REQUEST: Final = regex(
    r"\d|(?:http|arg|cookie|sent_http|ssl|ssl_preread)_\w+|host|server_name|server_port|remote_user"
    r"|remote_addr|request_method|uri|args|geoip2?_\w+"
)


def open_hosts(nginx: Nginx) -> Iterator[Upstream]:
    """Yield a lookup at run time for each such host, the variables left in its `host`.

    Those that may be the name of an upstream group are left out, as nginx looks there first.
    """
    groups = group_names(nginx)
    for scope in nginx.main.walk():
        for placed in scope.directives:
            if placed.name in PASSES and placed.name != "memcached_pass" and placed.args:
                for host in _hosts(nginx, placed):
                    if not _may_be_group(host, protocol(scope), groups):
                        yield Upstream(nginx, placed, host, None, at_run_time=True)


def _hosts(nginx: Nginx, placed: Placed) -> Iterator[str]:
    if not is_run_time(placed.args[0], placed.scope, nginx.environment):
        return
    for text in expanded(placed.args[0], placed.scope, nginx.environment):
        match = _HOST.match(text)
        if match is not None and not text.startswith("unix:") and _is_name(match[1], placed):
            yield match[1]


def _is_name(host: str, placed: Placed) -> bool:
    names = names_in(host)
    is_nginx_own = all(
        _REQUEST.fullmatch(name) or is_assigned(name, placed.scope) for name in names
    )
    has_letter = any(char.isalpha() for char in _VARIABLE.sub("", host))
    is_name = has_letter or (names == [host.strip("${}")] and names[0] in _NAMES)
    return bool(names) and is_nginx_own and is_name


def _may_be_group(host: str, kind: str, groups: set[tuple[str, str]]) -> bool:
    parts = (re.escape(part.lower()) for part in _VARIABLE.split(host))
    pattern = re.compile(".*".join(parts))
    return any(kind == one and pattern.fullmatch(name) for one, name in groups)
