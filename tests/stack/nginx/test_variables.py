from __future__ import annotations

import pytest

from patcher.stack.nginx.scopes import Scope
from patcher.stack.nginx.variables import expanded, is_run_time, names_in
from tests.stack.nginx_texts import site

TEXT = """
    map $uri $table { default one; ~x $inner; }
    server {
        set $inner two;
        set $OWN three;
        location / { if ($uri) { set $inner four; } return 200; }
    }
"""
ENVIRONMENT = {"HOST": "app", "OWN": "environment", "BARE": None}


@pytest.fixture(name="location")
def innermost() -> Scope:
    return next(scope for scope in site(TEXT).main.walk() if scope.kind == "location")


def test_names() -> None:
    assert names_in("http://${a}$b:$1/$$c") == ["a", "b", "1", "c"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", ["plain"]),
        ("$inner", ["four", "two"]),
        ("$table", ["four", "one", "two"]),
        ("${inner}x", ["fourx", "twox"]),
        ("$inne", ["$inne"]),
        ("$HOST:$inner", ["app:four", "app:two"]),
        ("$OWN", ["three"]),
        ("$BARE", ["$BARE"]),
    ],
)
def test_expanded(text: str, expected: list[str], location: Scope) -> None:
    assert expanded(text, location, ENVIRONMENT) == expected


@pytest.mark.parametrize(
    ("text", "run_time"),
    [
        ("plain", False),
        ("$HOST", False),
        ("$BARE", False),
        ("$FROM_A_FILE_NOT_IN_GIT", False),
        ("$OWN", True),
        ("$HOST$uri", True),
        ("$1", True),
        ("$inner", True),
    ],
)
def test_is_run_time(text: str, run_time: bool, location: Scope) -> None:
    assert is_run_time(text, location, ENVIRONMENT) is run_time
