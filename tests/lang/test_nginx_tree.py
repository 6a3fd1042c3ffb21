from __future__ import annotations

import pytest

from patcher.lang.nginx_tree import block_at, directive_at, values_at, walk
from patcher.text import ABSENT
from tests.lang.nginx_helpers import LEGAL, fixture, read

NESTED = "http {\n server { listen 1; listen 2; }\n server { location / { deny all; } }\n}\nuser x;"


def test_walk_gives_every_directive_in_order_with_its_route() -> None:
    assert [route for route, _ in walk(read(NESTED))] == [
        ("http[0]",),
        ("http[0]", "server[0]"),
        ("http[0]", "server[0]", "listen[0]"),
        ("http[0]", "server[0]", "listen[1]"),
        ("http[0]", "server[1]"),
        ("http[0]", "server[1]", "location[0]"),
        ("http[0]", "server[1]", "location[0]", "deny[0]"),
        ("user[0]",),
    ]


@pytest.mark.parametrize("name", LEGAL)
def test_routes_of_walk_lead_back(name: str) -> None:
    tree = fixture(name)
    for route, directive in walk(tree):
        assert directive_at(tree, route) is directive
        assert directive in block_at(tree, route[:-1])


def test_values_of_all_directives_of_a_name() -> None:
    tree = read(NESTED)
    assert values_at(tree, ("http[0]", "server[0]", "listen")) == (("1",), ("2",))
    assert values_at(tree, ("http[0]", "resolver")) is ABSENT
    assert values_at(tree, ("user",)) == (("x",),)


@pytest.mark.parametrize("route", [("http[1]",), ("user[0]",), ("http[0]", "server")])
def test_routes_to_no_block(route: tuple[str, ...]) -> None:
    with pytest.raises(KeyError):
        block_at(read(NESTED), route)


def test_no_directive_has_the_empty_route() -> None:
    with pytest.raises(KeyError):
        directive_at(read(NESTED), ())


@pytest.mark.parametrize(
    ("text", "context"),
    [("events {}", "main"), ("stream {}", "main"), ("server {}", "http"), ("", "http")],
)
def test_context_of_the_top_level(text: str, context: str) -> None:
    assert read(text).context == context
