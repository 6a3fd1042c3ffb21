"""The words of image health: facts in, a probe or the reason for none out.

How the figures were chosen: a failure inside `start_period` does not count and a success ends it,
so a long one costs a healthy service nothing. Afterwards `retries` failures in a row make the
service unhealthy, and `docker compose up` fails for whoever waits for it: both are generous
(Compose specification, `healthcheck`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from patcher.lang.dockerfile import FinalStage
from patcher.records import dataclass
from patcher.stack.image.reference import Flavour, parse_reference


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What the stack knows of one service; `stage` is None where it does not build.

    `image` is the reference after interpolation, for a build the external base image. `command`
    holds the effective words (entrypoint, then command), empty for the image's own. `environment`
    values are None where unknown; nothing but port numbers is ever taken out of them.
    `proxied_ports` are what nginx asks; `container_ports` come from `expose` and `ports`.
    `config_text` is the server's own settings file, where it was found; for nginx all its files.
    `told_port` and `told_path` are what the operator's settings say, and need no other sign.
    """

    image: str
    stage: FinalStage | None
    command: tuple[str, ...]
    environment: Mapping[str, str | None]
    proxied_ports: tuple[int, ...]
    container_ports: tuple[int, ...]
    host_network: bool
    config_text: str | None = None
    told_port: int | None = None
    told_path: str | None = None

    @property
    def variables(self) -> Mapping[str, str | None]:
        """The container's environment: the Dockerfile's, and the service's over it."""
        return {**(self.stage.env if self.stage else {}), **self.environment}


@dataclass(frozen=True, slots=True)
class Probe:
    """A health check that is certain to work.

    `test` is Compose's list form (`CMD` or `CMD-SHELL` first), each dollar sign doubled. `note`
    says in one sentence what is asked.
    """

    family: str
    test: tuple[str, ...]
    interval: str
    timeout: str
    retries: int
    start_period: str
    port: int | None
    note: str


@dataclass(frozen=True, slots=True)
class NoProbe:
    """No check is certain to work: why, and what to do by hand."""

    reason: str
    by_hand: str


@dataclass(frozen=True, slots=True)
class Timing:
    """The figures of a health check, as Compose durations."""

    interval: str = "5s"
    timeout: str = "5s"
    retries: int = 12
    start_period: str = "120s"


QUICK: Final = Timing()
HEAVY: Final = Timing(interval="10s", timeout="10s")
"""For clients that take a second to start, or that leave a line in the server's log."""

SLOW: Final = Timing(interval="10s", timeout="10s", retries=18, start_period="180s")
"""For servers that take minutes to start: search engines, applications that install themselves."""


@dataclass(frozen=True, slots=True)
class Family:
    """Images that are probed alike.

    `kind` is one of database, cache, queue, search, storage, proxy, app, base. `ports` are the ones
    listened on by default, `port_variables` the environment variables that move them. `flavour` is
    that of a tag that does not tell.
    """

    name: str
    kind: str
    ports: tuple[int, ...]
    build: Callable[[ImageFacts, Family], Probe | NoProbe]
    flavour: Flavour = Flavour.BASH
    timing: Timing = QUICK
    port_variables: tuple[str, ...] = ()


def make_probe(family: Family, test: tuple[str, ...], port: int | None, note: str) -> Probe:
    """Return the probe of a family, with the family's timing."""
    times = family.timing
    return Probe(
        family.name,
        test,
        times.interval,
        times.timeout,
        times.retries,
        times.start_period,
        port,
        note,
    )


def no_program(facts: ImageFacts) -> NoProbe:
    """Return the refusal for an image in which no program is certain to exist."""
    name = parse_reference(facts.image).name
    return NoProbe(
        f"no program for a health check is certain to exist in the image {name}",
        "let the program of the image test itself, or build a check into the image",
    )
