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
class Pace:
    """How long is watched, in seconds of the stack; the lab is `scale` times as fast.

    What is to be found again is watched for longer than `valid=60s`, so that a configuration with
    that finds it within the time.
    """

    scale: int = 6
    steady: int = 60
    restart: int = 100
    absent: int = 100

    def seconds(self, scenario: Scenario) -> int:
        """Return how long a scenario is watched."""
        return {
            Scenario.STEADY: self.steady,
            Scenario.RESTART: self.restart,
            Scenario.ABSENT: self.absent,
        }[scenario]


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
    """All that was seen of one nginx at one stage; `cannot` tells why there was nothing to see.

    `unread` names what belongs to the configuration and is not in the project, `empty` the
    variables that nothing in the lab sets.
    """

    nginx: str
    stage: Stage
    asked: tuple[Place, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    runs: tuple[Run, ...] = ()
    unread: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    cannot: str | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """All trials, the version of the nginx that was run, and at what pace."""

    version: str
    pace: Pace
    trials: tuple[Trial, ...]

    @property
    def fails(self) -> bool:
        """Whether a configuration that is not the one before the fixes fails with all well."""
        final = [one for one in self.trials if one.stage is not Stage.BEFORE]
        steady = [run for one in final for run in one.runs if run.scenario is Scenario.STEADY]
        return any(one.cannot is not None for one in final) or any(
            run.failed or run.refused is not None for run in steady
        )
