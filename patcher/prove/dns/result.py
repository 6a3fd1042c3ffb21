"""What an experiment came to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from patcher.prove.dns.places import Place, Skipped


class Scenario(StrEnum):
    """What happens to the services."""

    STEADY = "steady"
    RESTART = "restart with new addresses"
    ABSENT = "not there when nginx starts"


class Stage(StrEnum):
    """The configuration before the fixes and after them; NOW where they do not change it."""

    BEFORE = "before"
    AFTER = "after"
    NOW = "now"


@dataclass(frozen=True, slots=True)
class Run:
    """One scenario at one stage. Times are the stack's, in seconds.

    `found_again` is how long after the services were back every location had answered: None where
    that did not happen, or nothing was to be found again. `refused` is why nginx did not start.
    """

    scenario: Scenario
    stage: Stage
    requests: int
    answered: int
    errors: dict[str, int]
    found_again: float | None = None
    refused: str | None = None

    @property
    def failed(self) -> int:
        """The requests that no service answered."""
        return self.requests - self.answered


@dataclass(frozen=True, slots=True)
class Trial:
    """All that was seen of one nginx at one stage; `cannot` tells why there was nothing to see."""

    nginx: str
    stage: Stage
    asked: tuple[Place, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    runs: tuple[Run, ...] = ()
    empty: tuple[str, ...] = ()
    cannot: str | None = None
