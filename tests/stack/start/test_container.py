from __future__ import annotations

import pytest

from tests.stack.nginx_texts import stack

COMPOSE = "services:\n  web:\n    build: ./web\n"


def seen(dockerfile: str, path: str, compose: str = COMPOSE) -> str | None:
    """The project's file that shows at a container path."""
    files = {"compose.yaml": compose, "web/Dockerfile": dockerfile, "web/a.conf": "", "web/d/b": ""}
    source = stack(files).facts["web"].container.read(path)
    return None if source is None else source.path


@pytest.mark.parametrize(
    ("copy", "path", "expected"),
    [
        ("COPY a.conf /etc/nginx/conf.d", "/etc/nginx/conf.d/a.conf", "web/a.conf"),
        ("COPY a.conf /etc/nginx/conf.d/", "/etc/nginx/conf.d/a.conf", "web/a.conf"),
        ("COPY a.conf /etc/nginx/conf.d/x", "/etc/nginx/conf.d/x", "web/a.conf"),
        ("COPY a.conf /x", "/x", "web/a.conf"),
        ("COPY d /etc/nginx/conf.d", "/etc/nginx/conf.d/b", "web/d/b"),
        ("ADD a.conf /usr/local/bin", "/usr/local/bin/a.conf", "web/a.conf"),
        ("COPY *.conf /x", "/x/a.conf", "web/a.conf"),
        ("COPY a.conf d /x/", "/x/b", "web/d/b"),
        ("COPY a.conf /x", "/y", None),
    ],
)
def test_copies(copy: str, path: str, expected: str | None) -> None:
    assert seen(f"FROM nginx\n{copy}\n", path) == expected


@pytest.mark.parametrize(
    ("copy", "expected"),
    [
        ("COPY --from=build /app/a.conf /x", "web/a.conf"),
        ("COPY --from=build app/a.conf /x", "web/a.conf"),
        ("COPY --from=0 /app/a.conf /x", "web/a.conf"),
        ("COPY --from=build /app/none /x", None),
        ("COPY --from=build /app/*.conf /x", None),
        ("COPY --from=nginx:1.27 /etc/a.conf /x", None),
    ],
)
def test_copies_from_another_stage(copy: str, expected: str | None) -> None:
    assert (
        seen(f"FROM node AS build\nWORKDIR /app\nCOPY . .\nFROM nginx\n{copy}\n", "/x") == expected
    )


def test_a_mount_lies_over_a_copy() -> None:
    compose = f"{COMPOSE}    volumes: ['./web/d/b:/x']\n"
    assert seen("FROM nginx\nCOPY a.conf /x\n", "/x", compose) == "web/d/b"


def test_stages_without_end_are_not_followed() -> None:
    stages = "".join(f"FROM node AS s{n}\nCOPY a.conf /x{n}\n" for n in range(20))
    copies = "".join(f"COPY --from=s{n} /x{n} /y{n}\n" for n in range(20))
    dockerfile = f"{stages}FROM nginx\n{copies}"
    assert seen(dockerfile, "/y0") == "web/a.conf"
    assert seen(dockerfile, "/y19") is None
