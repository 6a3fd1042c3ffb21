"""Stacks made of texts: an nginx in front of `app` and `api`, short to write."""

from __future__ import annotations

from patcher.stack.nginx.scopes import Nginx
from patcher.stack.settings import Settings
from patcher.stack.stack import Request, Stack, load
from patcher.text import Source
from tests.variants import MemoryFiles

COMPOSE = """\
services:
  proxy:
    image: nginx:1.27-alpine
    volumes:
      - ./site.conf:/etc/nginx/conf.d/default.conf:ro
  app:
    image: example/app:1.4
  api:
    image: example/api:3
"""

# times, with their seconds in `valid=` and in `resolver_timeout`, None where nginx refuses them
TIMES: list[tuple[str, float | None, float | None]] = [
    ("30s", 30, 30),
    ("30", 30, 30),
    ("2m", 120, 120),
    ("1h30m", 5400, 5400),
    ("1h 30m", 5400, 5400),
    ("1h 30", 3630, 3630),
    ("10 5", 15, 15),
    ("500ms", None, 0.5),
    ("1s500ms", None, 1.5),
    ("1M", 2592000, None),
    ("1y", 31536000, None),
    ("0", 0, 0),
    ("", None, None),
    ("s", None, None),
    ("30x", None, None),
    ("60S", None, None),
    ("1.5s", None, None),
    ("-1s", None, None),
    ("30m1h", None, None),
    ("1m1m", None, None),
    ("1d2w", None, None),
    ("${TIME}", None, None),
    ("9" * 5000, None, None),
]


def stack(files: dict[str, str], nginx: tuple[str, ...] = ()) -> Stack:
    """Load files, with COMPOSE where they hold no compose file of their own."""
    texts = {"compose.yaml": COMPOSE, **files}
    sources = {path: Source(path, text) for path, text in texts.items()}
    return load(MemoryFiles(sources), Request(nginx=nginx, directory="stack"), Settings())


def nginx_of(files: dict[str, str]) -> Nginx:
    """Return the only nginx of the stack; fails where something could not be read."""
    found = stack(files)
    assert not found.problems, found.problems
    (only,) = found.nginx
    return only


def site(text: str) -> Nginx:
    """Return the nginx that reads `text` as its conf.d/default.conf."""
    return nginx_of({"site.conf": text})
