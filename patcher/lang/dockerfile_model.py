"""What is known of a Dockerfile's final stage."""

from __future__ import annotations

from patcher.records import dataclass
from patcher.text import Source, Span


@dataclass(frozen=True, slots=True)
class Command:
    """A CMD, ENTRYPOINT or HEALTHCHECK command.

    `words` is the JSON array of the exec form, or the one shell text of the shell form
    (`exec` is False: the image runs it with `/bin/sh -c`). `span` is the instruction's place.
    No words at all (`CMD []`) take away what the base image brings.
    """

    words: tuple[str, ...]
    exec: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Copy:
    """One COPY or ADD: sources as written (relative to the build context), absolute destination.

    A destination that must be a directory ends with a slash (`.` too). `from_stage` is the value
    of `--from`, or None where the sources come from the build context. A here-document is no
    source: a COPY of nothing else has none.
    """

    sources: tuple[str, ...]
    destination: str
    from_stage: str | None


@dataclass(frozen=True, slots=True)
class FinalStage:
    """What the final stage ends up with, its local parent stages' inherited facts included.

    `image` is the external base image (`python:3.10-slim`), found through local stage names and
    build-argument defaults; "scratch" is possible; an unresolvable one keeps its `$NAME`.
    `workdir` is "/" where no WORKDIR says otherwise (the base image may), `user` then empty.
    `expose` holds the TCP ports in order. `cmd` is None also where an ENTRYPOINT resets the
    inherited one. `healthcheck` is None where there is no HEALTHCHECK and where it is `NONE`.
    `runs` are the RUN instructions without the word RUN, here-documents included.
    """

    source: Source
    image: str
    workdir: str
    user: str
    env: dict[str, str]
    expose: tuple[int, ...]
    cmd: Command | None
    entrypoint: Command | None
    healthcheck: Command | None
    copies: tuple[Copy, ...]
    runs: tuple[str, ...]
