from __future__ import annotations

import pytest

from patcher.stack.resolvers import (
    Resolver,
    is_docker,
    is_public,
    next_up,
    readers,
    resolvers,
    run_time_lookups,
    seconds,
    service_names,
    shown,
    unread_around,
)
from patcher.stack.stack import Stack
from tests.stack.nginx_texts import COMPOSE, TIMES, stack

PASS = "set $up http://app:8000; proxy_pass $up;"
SITE = f"server {{ location / {{ {PASS} }} }}"


def only(found: Stack) -> Resolver:
    (resolver,) = resolvers(found)
    return resolver


def of(words: str) -> Resolver:
    return only(stack({"site.conf": f"resolver {words}; {SITE}"}))


@pytest.mark.parametrize(("text", "valid", "timeout"), TIMES)
def test_seconds(text: str, valid: float | None, timeout: float | None) -> None:
    """Every line as the real nginx takes or refuses it; test_real_lookups asks it."""
    assert seconds(text) == valid
    assert seconds(text, milliseconds=True) == timeout


@pytest.mark.parametrize(
    ("server", "docker", "public"),
    [
        ("127.0.0.11", True, False),
        ("127.0.0.11:53", True, False),
        ("127.0.0.11:5353", False, False),
        ("127.0.0.1", False, False),
        ("8.8.8.8", False, True),
        ("8.8.8.8:53", False, True),
        ("[2001:4860:4860::8888]:53", False, True),
        ("[2001:4860:4860::8888]", False, True),
        ("[::1]", False, False),
        ("10.0.0.2", False, False),
        ("192.168.1.1:53", False, False),
        ("dns.example.com", False, False),
        ("$dns", False, False),
    ],
)
def test_kinds_of_servers(server: str, docker: bool, public: bool) -> None:
    assert (is_docker(server), is_public(server)) == (docker, public)


def test_servers_and_parameters() -> None:
    resolver = of("ipv6=off 127.0.0.11:53 valid=5s 'valid=30s' 8.8.8.8")
    assert resolver.servers == ("127.0.0.11:53", "8.8.8.8")
    assert resolver.parameters == ("ipv6=off", "valid=5s", "valid=30s")
    assert resolver.valid == "valid=30s"
    assert resolver.asks_docker
    assert resolver.is_known
    assert of("8.8.8.8").valid is None
    assert not of("$dns").is_known


def test_only_resolvers_that_a_lookup_goes_through() -> None:
    text = f"""
        resolver 8.8.8.8;
        server {{ resolver 127.0.0.11; location /a {{ {PASS} }} location /b {{ {PASS} }} }}
        server {{ resolver 9.9.9.9; location / {{ proxy_pass http://app; }} }}
    """
    resolver = only(stack({"site.conf": text}))
    assert resolver.placed.head == "resolver 127.0.0.11"
    assert [one.line for one in resolver.locations] == [3, 3, 3]
    assert len({one.span for one in resolver.locations}) == 3


def test_a_resolver_shared_by_two_services_is_one() -> None:
    compose = COMPOSE + "  second:\n    image: nginx\n    volumes: ['.:/etc/nginx/conf.d']\n"
    found = stack({"compose.yaml": compose, "site.conf": f"resolver 127.0.0.11; {SITE}"})
    resolver = only(found)
    assert len(resolver.lookups) == 2
    assert len(resolver.locations) == 2
    assert readers(resolver.lookups) == "`proxy`, `second`"


def test_service_names_are_those_that_docker_knows() -> None:
    text = """
        map $uri $up { /a app; /b api:3000; /c www.example.com; /d 192.0.2.7; }
        server { location /x { proxy_pass http://$up; } location /y { proxy_pass http://$up:8; } }
    """
    found = stack({"site.conf": text})
    assert service_names(found, tuple(run_time_lookups(found))) == ["api", "app"]


def test_service_names_with_host_network() -> None:
    compose = COMPOSE.replace("1.27-alpine", "1.27-alpine\n    network_mode: host")
    found = stack({"compose.yaml": compose, "site.conf": SITE})
    assert service_names(found, tuple(run_time_lookups(found))) == []


def test_unread_around_goes_outwards() -> None:
    text = f"include a.conf; server {{ include b.conf; location / {{ include c.conf; {PASS} }} }}"
    (lookup,) = run_time_lookups(stack({"site.conf": text}))
    assert unread_around(lookup.placed.scope) == [
        "`include c.conf`",
        "`include b.conf`",
        "`include a.conf`",
    ]


def test_shown_names() -> None:
    assert shown(["a"]) == "`a`"
    assert shown(["a", "b", "c"]) == "`a`, `b`, `c`"
    assert shown(["a", "b", "c", "d", "e"]) == "`a`, `b`, `c` and 2 more"


def lookups(compose: str, *nginx: str, **files: str) -> str:
    texts = {"compose.yaml": compose, "site.conf": SITE, **files}
    return next_up(tuple(run_time_lookups(stack(texts, nginx))), "site.conf")


def test_next_up_of_a_mounted_file() -> None:
    assert lookups(COMPOSE) == (
        "keeps a running `proxy` as it is unless its entry changed too; "
        "`docker compose restart proxy` makes it read the file"
    )


def test_next_up_of_a_copied_file() -> None:
    compose = "services:\n  web:\n    build: .\n  app:\n    image: a\n"
    dockerfile = "FROM nginx\nCOPY site.conf /etc/nginx/conf.d/\n"
    expected = "needs `--build` to take the file into the image of `web`"
    assert lookups(compose, Dockerfile=dockerfile) == expected


def test_next_up_of_a_shared_file() -> None:
    more = "  web: {build: .}\n  two: {image: nginx, volumes: ['.:/etc/nginx/conf.d']}\n"
    dockerfile = "FROM nginx\nCOPY site.conf /etc/nginx/conf.d/\n"
    assert lookups(COMPOSE + more, Dockerfile=dockerfile) == (
        "keeps a running `proxy`, `two` as it is unless its entry changed too; "
        "`docker compose restart proxy two` makes it read the file; "
        "needs `--build` to take the file into the image of `web`"
    )


def test_next_up_of_a_file_given_by_name() -> None:
    compose = "services:\n  app:\n    image: a\n"
    assert lookups(compose, "site.conf") == "reads the file when nginx is restarted"
