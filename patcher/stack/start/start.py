"""How a container starts: the commands that its entrypoint, command and their scripts run.

Only what a start reaches counts; a script that lies in the repository but that nothing starts is
never read. Nothing is executed, so every branch of a script counts as run.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from patcher.errors import UserError, visible
from patcher.text import Source, Span

MAX_FILE: Final = 1 << 20
MAX_SCRIPT: Final = 128 << 10
"""The longest shell script that is followed, in characters; longer ones count as unknown."""

_PATH: Final = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
_PRESTART_IMAGES: Final = ("tiangolo/", "uvicorn-gunicorn")


class ContainerView(Protocol):
    """A container's file system as far as the repository knows it, by absolute POSIX path."""

    def read(self, path: str) -> Source | None:
        """Return a file, or None where there is none that is known."""

    def list_dir(self, path: str) -> tuple[str, ...]:
        """Return the names known in a directory; empty where it is none."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """An entrypoint or a command: exec words, or with `shell` one text for `/bin/sh -c`.

    `source` and `span` (characters) are the place it comes from: a compose entry or a Dockerfile
    instruction. Compose splits a string into words itself and runs no shell.
    """

    words: tuple[str, ...]
    shell: bool
    source: Source
    span: Span


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Start:
    """How one container starts. `workdir` is absolute; `image` is the base image reference.

    `environment` is what image, env files and compose set; None for a value from outside.
    """

    entrypoint: Invocation | None
    command: Invocation | None
    workdir: str
    files: ContainerView
    image: str
    environment: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One command that a start runs, or has commented out (`live` is False).

    `words` are without wrappers, `runner` are the words of a project runner such as `poetry run`
    that stood before them. `text` is the command as written, on one line. `span` counts characters
    of `source`: the command itself in a script file, else the whole compose entry or instruction.
    """

    words: tuple[str, ...]
    runner: tuple[str, ...]
    live: bool
    text: str
    source: Source
    span: Span
    workdir: str


def one_line(text: str) -> str:
    """Return `text` on one line, runs of white space as one space, control characters escaped."""
    return visible(" ".join(text.split()))


def read_file(start: Start, path: str) -> Source | None:
    """Return a file of the container; None where it is unknown, above 1 MiB, or not UTF-8."""
    try:
        source = start.files.read(path)
    except UserError:  # a program is no text; what cannot be read is unknown
        return None
    return source if source is not None and len(source.text) <= MAX_FILE else None


def resolve(workdir: str, path: str) -> str | None:
    """Return the absolute path of `path` as written in a command; None with a variable in it."""
    if not path or "$" in path or "`" in path or path.startswith("~"):
        return None
    return posixpath.normpath(posixpath.join("/", workdir, path))


def find_program(start: Start, workdir: str, program: str) -> Source | None:
    """Return the file that `program` names: by path, or searched for as in the default PATH."""
    if "/" in program:
        path = resolve(workdir, program)
        return read_file(start, path) if path else None
    found = (read_file(start, f"{folder}/{program}") for folder in _PATH)
    return next((source for source in found if source is not None), None)


def image_name(image: str) -> str:
    """Return an image reference without registry host, tag and digest: `library/` dropped too."""
    name = image.partition("@")[0]
    head, _, last = name.rpartition("/")
    parts = [part for part in head.split("/") if part]
    if parts and (":" in parts[0] or "." in parts[0] or parts[0] == "localhost"):
        parts = parts[1:]
    parts = [part for part in parts if part != "library"]
    return "/".join([*parts, last.partition(":")[0]])


def implied_scripts(start: Start) -> tuple[str, ...]:
    """Return scripts that a known base image starts by itself, before the application.

    The `tiangolo/uvicorn-gunicorn*` images run `/app/prestart.sh`; their own documentation says so.
    """
    if all(part in start.image for part in _PRESTART_IMAGES):
        return ("/app/prestart.sh", "/app/app/prestart.sh")
    return ()
