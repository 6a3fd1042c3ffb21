"""How to ask a virtual server: its port, TLS or not, and a name of its own.

Sources: https://nginx.org/en/docs/http/ngx_http_core_module.html#listen and
https://nginx.org/en/docs/http/server_names.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from patcher.prove.dns.targets import lab_port
from patcher.prove.dns.uris import matching
from patcher.stack.nginx.scopes import Nginx, Scope
from patcher.stack.nginx.variables import filled

_PORT: Final = re.compile(r"(?:.*:)?(\d{1,5})|(?!unix:)[^:]+|\[[0-9A-Fa-f:.]+\]", re.DOTALL)
_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
NO_NAME: Final = "hanna-fix.invalid"
"""What a server without names of its own is asked by."""

_LAST_PORT: Final = 65535


@dataclass(frozen=True, slots=True)
class Listen:
    """A port that a server listens on, as the lab has it."""

    port: int
    tls: bool
    default: bool


def listens(server: Scope, environment: Mapping[str, str | None]) -> list[Listen]:
    """Return the TCP ports of a server, each once; nginx listens on 80 where none is said."""
    found: dict[int, Listen] = {}
    said = [one.args for one in server.directives if one.name == "listen" and one.args]
    for address, *parameters in said or [("80",)]:
        match = _PORT.fullmatch(filled(address, environment))
        if match is None or "quic" in parameters:
            continue
        port = lab_port(int(match[1] or 80))
        if 0 < port <= _LAST_PORT:
            tls = "ssl" in parameters or _ssl_on(server)
            found.setdefault(port, Listen(port, tls, "default_server" in parameters))
    return list(found.values())


def _ssl_on(server: Scope) -> bool:
    """Tell whether the directive of before nginx 1.15 makes all ports of a server TLS."""
    said = server.inherited("ssl")
    return said is not None and said.args == ("on",)


def servers(nginx: Nginx) -> list[Scope]:
    """Return the virtual servers of `http`, in the order of the files."""
    return [one for one in nginx.main.walk() if one.kind == "server" and one.context[0] == "http"]


def name_of(server: Scope, environment: Mapping[str, str | None]) -> str:
    """Return a name to ask a server by; one that nobody has for a server without names."""
    said = (name for one in server.directives if one.name == "server_name" for name in one.args)
    names = (name for text in said for name in _names(filled(text, environment)))
    return next((name for name in names if _NAME.fullmatch(name)), NO_NAME)


def _names(text: str) -> Iterator[str]:
    if text.startswith("~"):
        yield from matching(text[1:])
    elif text.startswith("*."):
        yield f"hanna-fix{text[1:]}"
    elif text.endswith(".*"):
        yield f"{text[:-1]}test"
    else:
        yield text.removeprefix(".")
