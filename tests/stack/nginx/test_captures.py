from __future__ import annotations

import pytest

from patcher.stack.nginx.captures import captured
from patcher.stack.nginx.scopes import Scope
from tests.stack.nginx_texts import site


def location(text: str) -> Scope:
    scopes = list(site(f"server {{ {text} }}").main.walk())
    return next(scope for scope in reversed(scopes) if scope.kind == "location")


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("^/(api|app)/", "1", {"api", "app"}),
        ("^/(?<svc>api|app-2)/(.*)$", "svc", {"api", "app-2"}),
        ("^/(?P<svc>api)/", "svc", {"api"}),
        ("^/(?:v1|v2)/(a|b)", "1", {"a", "b"}),
        (r"^/\(x/(a|b)", "1", {"a", "b"}),
        ("^/[(]/(a|b)", "1", {"a", "b"}),
        ("^/((a|b)/c)", "2", {"a", "b"}),
        ("^/((a|b)/c)", "1", set()),
        ("^/(.*)$", "1", set()),
        ("^/(a|b.*)$", "1", set()),
        ("^/(a|b)?$", "1", set()),
        ("^/(a|b)$", "2", set()),
        ("^/(a|b)$", "0", set()),
    ],
)
def test_groups(pattern: str, name: str, expected: set[str]) -> None:
    assert captured(name, location(f'location ~ "{pattern}" {{ return 200; }}')) == expected


@pytest.mark.parametrize(
    "inside",
    ["rewrite ^/x/(.*) /$1;", "if ($uri ~ ^/(x)) { return 200; }"],
)
def test_another_expression_sets_numbers_anew(inside: str) -> None:
    scope = location(f"location ~ ^/(a|b)/(?<c>d) {{ {inside} }}")
    assert captured("1", scope) == set()
    assert captured("c", scope) == {"d"}


def test_names_of_the_server_and_of_locations_around() -> None:
    scope = location("server_name ~^(?<s>a|b)\\.x$; location ~ ^/(?<l>c)/ { location ~ (d) { } }")
    assert captured("s", scope) == {"a", "b"}
    assert captured("l", scope) == {"c"}
    assert captured("1", scope) == {"d"}


def test_a_location_without_an_expression() -> None:
    assert captured("1", location("location /(a|b)/ { return 200; }")) == set()


def test_a_hostile_expression_is_left_alone() -> None:
    assert captured("1", location(f'location ~ "{"[" * 4_000}" {{ return 200; }}')) == set()
