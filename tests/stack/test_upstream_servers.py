from __future__ import annotations

import pytest

from patcher.lang.edit_error import CannotEdit
from patcher.stack.image.reference import parse_reference
from patcher.stack.upstream_servers import knows_resolve, resolve_edits
from patcher.text import splice
from tests.stack.nginx_texts import COMPOSE, stack


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("nginx:1.27.3", True),
        ("nginx:1.27.2-alpine", False),
        ("nginx:1.27.10-alpine", True),
        ("nginx:1.28", True),
        ("nginx:1.29-alpine3.22", True),
        ("docker.io/library/nginx:1.28.0", True),
        ("nginxinc/nginx-unprivileged:1.28-alpine", True),
        ("nginx:1.27", False),
        ("nginx:1.27-alpine", False),
        ("nginx:1", False),
        ("nginx:2-alpine", False),
        ("nginx:latest", False),
        ("nginx:mainline", False),
        ("nginx", False),
        ("nginx:${TAG}", False),
        ("nginx@sha256:00", False),
        ("openresty/openresty:1.29.2.1", False),
        ("example/nginx:1.28", False),
        ("", False),
    ],
)
def test_images_that_know_resolve(image: str, expected: bool) -> None:
    assert knows_resolve(parse_reference(image)) is expected


def after(text: str) -> str:
    compose = COMPOSE.replace("1.27-alpine", "1.28")
    found = stack({"compose.yaml": compose, "site.conf": text})
    servers = [one for one in found.upstreams if one.placed.name == "server"]
    return splice(text, resolve_edits(found, servers))


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("server app:1;", "zone pool 64k; server app:1 resolve;"),
        (
            "server app:1; server api:2 backup;",
            "zone pool 64k; server app:1 resolve; server api:2 backup resolve;",
        ),
        ("zone z 1m; server app:1;", "zone z 1m; server app:1 resolve;"),
    ],
)
def test_what_is_written(before: str, expected: str) -> None:
    assert after(f"upstream pool {{ {before} }}\n") == f"upstream pool {{ {expected} }}\n"


def test_a_zone_that_is_taken_is_refused() -> None:
    other = "limit_req_zone $host zone=pool:1m rate=1r/s;\n"
    with pytest.raises(CannotEdit, match="another memory zone"):
        after(f"{other}upstream pool {{ server app:1; }}\n")
