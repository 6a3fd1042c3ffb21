from __future__ import annotations

import pytest

from patcher.stack.nginx.scopes import Nginx, Piece, Scope, can_take, common_scope, occurrences
from tests.stack.nginx_texts import COMPOSE, nginx_of, site, stack

TWO_SERVERS = """\
resolver 127.0.0.11;
server {
    listen 80;
    location /a { resolver 10.0.0.2; proxy_pass http://$a; }
    location /b { proxy_pass http://$b; }
}
server { listen 81; location / { proxy_pass http://$c; } }
"""
SHARED = """\
services:
  one:
    image: nginx
    volumes: ["./one.conf:/etc/nginx/nginx.conf", "./shared.conf:/etc/nginx/shared.conf"]
  two:
    image: nginx
    volumes: ["./two.conf:/etc/nginx/nginx.conf", "./shared.conf:/etc/nginx/shared.conf"]
"""


def scopes(nginx: Nginx, kind: str) -> list[Scope]:
    return [scope for scope in nginx.main.walk() if scope.kind == kind]


def test_the_nearest_directive_is_in_effect() -> None:
    a, b, c = scopes(site(TWO_SERVERS), "location")
    found = [scope.inherited("resolver") for scope in (a, b, c)]
    assert [one.args for one in found if one] == [("10.0.0.2",), ("127.0.0.11",), ("127.0.0.11",)]
    assert a.own("resolver")
    assert b.own("resolver") is None
    assert b.inherited("resolver_timeout") is None


def test_the_last_of_several_is_its_own() -> None:
    (server,) = scopes(site("server { set $a 1; set $a 2; }"), "server")
    found = server.own("set")
    assert found is not None
    assert found.args == ("$a", "2")


def test_context_names_the_blocks_from_the_outside() -> None:
    nginx = site(TWO_SERVERS)
    assert nginx.main.context == ()
    assert scopes(nginx, "http")[0].context == ("http",)
    assert scopes(nginx, "location")[0].context == ("http", "server", "location")


def test_common_scope_is_the_innermost_that_holds_all() -> None:
    a, b, c = scopes(site(TWO_SERVERS), "location")
    assert common_scope([a]) is a
    assert common_scope([a, b]).kind == "server"
    assert common_scope([a, c]).kind == "http"


def test_walk_goes_in_the_order_of_the_text() -> None:
    kinds = [scope.kind for scope in site(TWO_SERVERS).main.walk()]
    assert kinds == ["main", "http", "server", "location", "location", "server", "location"]


def test_head_has_neither_comments_nor_newlines_nor_the_block() -> None:
    nginx = site("resolver # ours\n  127.0.0.11\n  'valid=60s';\nserver {\n  listen 80;\n}\n")
    http = scopes(nginx, "http")[0]
    assert [one.head for one in http.directives] == ["resolver 127.0.0.11 'valid=60s'", "server"]


def test_location_is_that_of_name_and_arguments() -> None:
    placed = scopes(site(TWO_SERVERS), "server")[1].directives[0]
    place = placed.location
    assert (place.path, place.line, place.column) == ("site.conf", 7, 10)
    assert placed.tree.source.at(place.span) == "listen 81"
    assert place.route == ("server[1]", "listen[0]")


@pytest.mark.parametrize(
    ("mode", "has"),
    [("host", False), ("none", False), ("bridge", False), ("service:app", True), (None, True)],
)
def test_docker_dns_by_network_mode(mode: str | None, has: bool) -> None:
    line = f"\n    network_mode: {mode}" if mode else ""
    compose = COMPOSE.replace("1.27-alpine", f"1.27-alpine{line}")
    nginx = nginx_of({"compose.yaml": compose, "site.conf": "server { listen 80; }"})
    assert nginx.has_docker_dns is has


@pytest.mark.parametrize(
    ("tunnel", "mode", "has"),
    [
        ("network_mode: host", "service:tunnel", False),
        ("network_mode: service:last", "service:tunnel", False),
        ("image: a", "service:tunnel", True),
        ("network_mode: service:proxy", "service:tunnel", True),
        ("image: a", "container:other", False),
    ],
)
def test_docker_dns_in_the_network_of_another(tunnel: str, mode: str, has: bool) -> None:
    compose = COMPOSE.replace("1.27-alpine", f"1.27-alpine\n    network_mode: {mode}")
    compose += f"  tunnel:\n    {tunnel}\n  last:\n    network_mode: host\n"
    nginx = nginx_of({"compose.yaml": compose, "site.conf": "server { listen 80; }"})
    assert nginx.has_docker_dns is has


@pytest.mark.parametrize(
    ("networks", "has"),
    [
        ("outer: {external: true, name: host}", False),
        ("outer: {external: true, name: shop}", True),
        ("outer: {}", True),
        ("outer: {name: host}", True),
    ],
)
def test_docker_dns_on_networks_of_dockers_own(networks: str, has: bool) -> None:
    compose = COMPOSE.replace("1.27-alpine", "1.27-alpine\n    networks: [outer]")
    compose += f"networks:\n  {networks}\n"
    nginx = nginx_of({"compose.yaml": compose, "site.conf": "server { listen 80; }"})
    assert nginx.has_docker_dns is has


def test_embedded_texts_take_nothing_and_are_told_apart() -> None:
    dockerfile = (
        "FROM nginx\nCOPY <<A /etc/nginx/conf.d/a.conf\ngzip on;\nA\n"
        "COPY <<B /etc/nginx/conf.d/b.conf\ngzip_static on;\nB\n"
    )
    compose = "services:\n  proxy: {build: .}\n"
    nginx = nginx_of({"compose.yaml": compose, "Dockerfile": dockerfile})
    http = scopes(nginx, "http")[0]
    assert not any(can_take([nginx], piece, "resolver") for piece in http.pieces)
    assert len({piece.key for piece in http.pieces}) == 2
    assert [one.location.route[0] for one in http.directives] == [
        "/etc/nginx/conf.d/a.conf",
        "/etc/nginx/conf.d/b.conf",
    ]


def shared(one: str, two: str, text: str = "gzip on;") -> tuple[tuple[Nginx, ...], Piece]:
    """Two nginx that include one file, and that file as a piece."""
    files = {"compose.yaml": SHARED, "one.conf": one, "two.conf": two, "shared.conf": text}
    found = stack(files)
    assert not found.problems
    pieces = [piece for scope in found.nginx[0].main.walk() for piece in scope.pieces]
    return found.nginx, next(one for one in pieces if one.tree.source.path == "shared.conf")


HTTP = "events {} http { include shared.conf; }"


def test_occurrences_are_in_every_nginx_and_scope() -> None:
    two = "events {} http { server { include shared.conf; } server { include shared.conf; } }"
    configurations, piece = shared(HTTP, two)
    kinds = [scope.kind for scope in occurrences(configurations, piece)]
    assert kinds == ["http", "server", "server"]
    assert can_take(configurations, piece, "resolver")


@pytest.mark.parametrize(
    "two",
    [
        "events {} http { resolver 10.0.0.2; include shared.conf; }",
        "events {} http { resolver 10.0.0.2; server { include shared.conf; } }",
        "events {} http { server { if ($a) { include shared.conf; } } }",
        "events {} http { include shared.conf; include shared.conf; }",
        "include shared.conf; events {}",
    ],
    ids=[
        "duplicate",
        "overrides",
        "not allowed in if",
        "twice in one scope",
        "not allowed in main",
    ],
)
def test_a_piece_takes_nothing_that_breaks_another_reader(two: str) -> None:
    configurations, piece = shared(HTTP, two)
    assert not can_take(configurations, piece, "resolver")
