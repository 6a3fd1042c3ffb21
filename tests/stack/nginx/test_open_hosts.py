from __future__ import annotations

import pytest

from patcher.stack.nginx.open_hosts import open_hosts
from tests.stack.nginx_texts import COMPOSE, nginx_of, site


def hosts(text: str) -> list[str]:
    return [one.host for one in open_hosts(site(text))]


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("http://app-$1:8000", ["app-$1"]),
        ("http://${svc}.internal/x", ["${svc}.internal"]),
        ("https://$arg_to.example.com$request_uri", ["$arg_to.example.com"]),
        ("http://$host:8080", ["$host"]),
        ("http://$http_host", ["$http_host"]),
        ("$scheme://$host", ["$host"]),
        ("http://$1:8000", []),
        ("http://$http_x_to", []),
        ("http://10.0.0.$1:80", []),
        ("http://$unknown.internal", []),
        ("http://app:8000", []),
        ("http://app:8000$uri", []),
        ("http://${BACKEND}.internal", []),
        ("http://unix:/run/$1.sock", []),
        ("$1", []),
    ],
)
def test_names_for_certain(argument: str, expected: list[str]) -> None:
    text = f"server {{ location ~ ^/(?<svc>\\w+)/(.*) {{ proxy_pass {argument}; }} }}"
    assert hosts(text) == expected


@pytest.mark.parametrize(("group", "expected"), [("app-a", []), ("other", ["app-$1"])])
def test_a_group_may_have_the_name(group: str, expected: list[str]) -> None:
    text = f"upstream {group} {{ server 10.0.0.1; }}"
    assert hosts(f"{text} server {{ location / {{ proxy_pass http://app-$1; }} }}") == expected


def test_the_name_in_a_tls_greeting_is_no_address() -> None:
    compose = COMPOSE.replace("conf.d/default.conf", "nginx.conf")
    text = (
        "events {} http { upstream x { server 10.0.0.1; } } stream { server { listen 443;"
        " ssl_preread on; proxy_pass $ssl_preread_server_name:443; } }"
    )
    found = open_hosts(nginx_of({"compose.yaml": compose, "site.conf": text}))
    assert [one.host for one in found] == ["$ssl_preread_server_name"]


def test_a_table_with_a_value_of_its_own_expression() -> None:
    text = (
        "map $host $up { default app; ~^(?<n>\\w+)\\.x$ svc-$n; }"
        "server { location / { proxy_pass http://$up:80; } }"
    )
    assert hosts(text) == []


def test_memcached_takes_no_variables() -> None:
    assert hosts("server { location / { memcached_pass app-$1:11211; } }") == []
