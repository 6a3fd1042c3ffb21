"""Facts for the tests of images: short to write, everything else as a plain service has it."""

from __future__ import annotations

from collections.abc import Mapping

from patcher.lang.dockerfile import Command, FinalStage
from patcher.stack.image.probes import ImageFacts
from patcher.text import Source, Span


def facts(
    image: str,
    *command: str,
    env: Mapping[str, str | None] | None = None,
    proxied: tuple[int, ...] = (),
    ports: tuple[int, ...] = (),
    stage: FinalStage | None = None,
    host_network: bool = False,
    config: str | None = None,
) -> ImageFacts:
    return ImageFacts(image, stage, command, env or {}, proxied, ports, host_network, config)


def built(
    image: str,
    *,
    expose: tuple[int, ...] = (),
    cmd: tuple[str, ...] = (),
    shell: str = "",
    env: Mapping[str, str] | None = None,
) -> FinalStage:
    """Return the final stage of a Dockerfile with CMD in exec form, or in shell form."""
    command = Command((shell,), False, Span(0, 0)) if shell else Command(cmd, True, Span(0, 0))
    return FinalStage(
        source=Source("Dockerfile", ""),
        image=image,
        workdir="/app",
        user="",
        env=dict(env or {}),
        expose=expose,
        cmd=command if shell or cmd else None,
        entrypoint=None,
        healthcheck=None,
        copies=(),
        runs=(),
    )
