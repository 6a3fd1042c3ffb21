"""How a virtual server is asked."""

from __future__ import annotations

import pytest

from patcher.prove.dns.servers import NO_NAME, Listen, listens, name_of, servers
from tests.stack.nginx_texts import site


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [Listen(20080, tls=False, default=False)]),
        ("listen 80;", [Listen(20080, tls=False, default=False)]),
        ("listen 8080 default_server;", [Listen(8080, tls=False, default=True)]),
        ("listen *:443 ssl; listen [::]:443 ssl;", [Listen(20443, tls=True, default=False)]),
        ("listen 127.0.0.1;", [Listen(20080, tls=False, default=False)]),
        ("listen [::1];", [Listen(20080, tls=False, default=False)]),
        ("listen 443; ssl on;", [Listen(20443, tls=True, default=False)]),
        ("listen unix:/run/x.sock; listen 443 quic;", []),
        ("listen 99999;", []),
    ],
)
def test_ports(text: str, found: list[Listen]) -> None:
    (server,) = servers(site(f"server {{ {text} }}"))
    assert listens(server, {}) == found


@pytest.mark.parametrize(
    ("names", "name"),
    [
        ("", NO_NAME),
        ("server_name _;", NO_NAME),
        ('server_name "";', NO_NAME),
        ("server_name _ a.example;", "a.example"),
        ("server_name *.example;", "hanna-fix.example"),
        ("server_name .example;", "example"),
        ("server_name www.*;", "www.test"),
        (r"server_name ~^(?<user>\w+)\.example$;", "0.example"),
        ("server_name 192.0.2.1;", "192.0.2.1"),
        ("server_name ${NAME};", "b.example"),
        ("server_name 'a\r\nX: y';", NO_NAME),
    ],
)
def test_names(names: str, name: str) -> None:
    (server,) = servers(site(f"server {{ {names} }}"))
    assert name_of(server, {"NAME": "b.example"}) == name
