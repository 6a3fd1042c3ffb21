"""A container made of texts, and starts in it."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field

from patcher.stack.start.start import Invocation, Start
from patcher.text import Source, Span

COMPOSE = Source("compose.yml", "services: {}\n")
COMMAND = Span(0, 8)
ENTRYPOINT = Span(10, 12)


@dataclass
class FakeFiles:
    files: dict[str, str] = field(default_factory=dict)

    def read(self, path: str) -> Source | None:
        text = self.files.get(path)
        return None if text is None else Source(path.removeprefix("/app/"), text)

    def list_dir(self, path: str) -> tuple[str, ...]:
        prefix = path.rstrip("/") + "/"
        below = [name.removeprefix(prefix) for name in self.files if name.startswith(prefix)]
        return tuple(sorted({name.partition("/")[0] for name in below}))


def start(
    command: str | tuple[str, ...] = (),
    files: dict[str, str] | None = None,
    *,
    entrypoint: str | tuple[str, ...] = (),
    image: str = "python:3.12-slim",
) -> Start:
    """A string is Dockerfile shell form, a tuple is words; file names are relative to /app."""
    known = {posixpath.join("/app", name): text for name, text in (files or {}).items()}
    return Start(
        _invocation(entrypoint, ENTRYPOINT),
        _invocation(command, COMMAND),
        "/app",
        FakeFiles(known),
        image,
    )


def _invocation(words: str | tuple[str, ...], span: Span) -> Invocation | None:
    if not words:
        return None
    shell = isinstance(words, str)
    return Invocation((words,) if isinstance(words, str) else words, shell, COMPOSE, span)
