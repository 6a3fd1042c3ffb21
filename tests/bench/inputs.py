"""What is measured on: the incident's stack, large files of our own, and many stacks."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.corpus.cases import CORPUS
from tests.stacks import FIXTURES, ROOT

_REAL = ROOT.parent / "shared" / "incident" / "stack"
_REPLICA = FIXTURES / "stacks" / "hanna" / "before"

INCIDENT = _REAL if _REAL.is_dir() else _REPLICA
"""The stack that the incident happened on where it is there, else our replica of it."""

_SERVICE = """\
  app{number}:
    image: python:3.12
    command: gunicorn app{number}.wsgi --bind 0.0.0.0:8000
    environment:
      DATABASE_URL: postgres://app@db:5432/app{number}
    depends_on:
      - db
"""
_DATABASE = """\
services:
  db:
    image: postgres:16
    environment:
      POSTGRES_PASSWORD: example
"""
_LOCATION = """\
    location /app{number}/ {{
        set $app{number} http://app{service}:8000;
        proxy_pass $app{number};
    }}
"""
_HEAD = "resolver 127.0.0.11 8.8.8.8 valid=30s;\nserver {\n    listen 80;\n"
_PROXY = """\
  nginx:
    image: nginx:1.27
    volumes:
      - ./site.conf:/etc/nginx/conf.d/site.conf:ro
"""
_NGINX_SERVICES = 10


def services(folder: Path, count: int) -> Path:
    """Write one compose file of `count` services, each with a fault, into a new directory."""
    folder.mkdir(parents=True)
    text = _DATABASE + "".join(_SERVICE.format(number=one) for one in range(count - 1))
    (folder / "compose.yaml").write_text(text)
    return folder


def locations(folder: Path, count: int) -> Path:
    """Write one nginx file of `count` locations and a compose file into a new directory."""
    services(folder, _NGINX_SERVICES)
    with (folder / "compose.yaml").open("a") as file:
        file.write(_PROXY)
    blocks = (
        _LOCATION.format(number=one, service=one % (_NGINX_SERVICES - 1)) for one in range(count)
    )
    (folder / "site.conf").write_text(f"{_HEAD}{''.join(blocks)}}}\n")
    return folder


def stacks(folder: Path, count: int) -> Path:
    """Copy real stacks into `count` directories, each beside each; our own where there are none."""
    found = sorted(one for one in (CORPUS / "stacks").glob("*") if one.is_dir())
    sources = found or [one / "before" for one in sorted((FIXTURES / "stacks").iterdir())]
    for number in range(count):
        target = folder / f"{number // 100:03}" / f"{number:05}"
        shutil.copytree(sources[number % len(sources)], target, symlinks=True)
    return folder


def log(path: Path, size: int) -> Path:
    """Write an nginx error log of about `size` bytes: the incident's own lines, and other ones."""
    lines = "".join(
        f"2025/11/21 11:12:{second:02} [error] 22#22: *{second} {what}, client: 10.0.0.{second}, "
        'server: _, request: "GET / HTTP/1.1", host: "example.com"\n'
        for second in range(60)
        for what in (
            "backend could not be resolved (3: Host not found)",
            'open() "/usr/share/nginx/html/x" failed (2: No such file or directory)',
            "connect() failed (111: Connection refused) while connecting to upstream",
        )
    )
    with path.open("w", encoding="utf-8") as file:
        for _ in range(max(1, size // len(lines))):
            file.write(lines)
    return path
