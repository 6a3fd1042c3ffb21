"""Requests that may lead to a location."""

from __future__ import annotations

import re

import pytest

from patcher.prove.dns.uris import candidates, matching
from tests.stack.nginx_texts import site


@pytest.mark.parametrize(
    "pattern",
    [
        r"^/api/(.*)$",
        r"\.php$",
        r"^/(api|admin)/",
        r"^/ws/[a-z0-9-]+/?$",
        r"\.(?:js|css)(\?.*)?$",
        r"^/(?!x)[^/]+",
        r"^(.+\.php)(/.+)$",
        r"^/v\d{2}/",
    ],
)
def test_a_text_that_matches(pattern: str) -> None:
    found = matching(pattern)
    assert found
    assert all(re.search(pattern, text) for text in found)


def test_names_of_pcre() -> None:
    assert matching(r"^/(?<area>api)/") == ["/api/"]


@pytest.mark.parametrize("pattern", ["(", r"\K", "((a{99}){99}){99}", "a" * 301])
def test_no_text(pattern: str) -> None:
    assert matching(pattern) == []


@pytest.mark.parametrize(
    ("location", "paths"),
    [
        ("/", ["/", "/hanna-fix"]),
        ("/api/", ["/api/", "/api/hanna-fix"]),
        ('^~ "/a b"', ["/a%20b", "/a%20b/hanna-fix"]),
        ("= /x", ["/x"]),
        ("=/x", ["/x"]),
        ('"/a b%"', ["/a%20b%25", "/a%20b%25/hanna-fix"]),
        (r"~ \.php$", ["/hanna-fix.php"]),
        ("~* ^/API", ["/API"]),
        ("@app", []),
    ],
)
def test_paths(location: str, paths: list[str]) -> None:
    nginx = site(f"server {{ location {location} {{ }} }}")
    (scope,) = (one for one in nginx.main.walk() if one.kind == "location")
    assert list(candidates(scope)) == paths
