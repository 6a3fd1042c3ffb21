"""Who waits for whom, on what condition: the start order of a stack, as data.

Source: https://docs.docker.com/compose/how-tos/startup-order/
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field
from enum import Enum

from patcher.finding import Finding
from patcher.records import dataclass
from patcher.report.picture.fault import Faults, about_service, faults_of
from patcher.stack.compose.service import Service
from patcher.stack.stack import Stack
from patcher.stack.unmet import unmet_needs
from patcher.stack.waits import COMPLETED, HEALTHY, weak_waits

_STATE_RULES = (
    "missing-healthcheck",
    "migrations-never-run",
    "migrations-inline",
    "command-swallowed",
)


class Condition(Enum):
    """What a service waits for; the value is how a picture says it."""

    HEALTHY = "healthy"
    COMPLETED = "completed"
    STARTED = "started"
    NONE = "does not wait"


_CONDITIONS = {HEALTHY: Condition.HEALTHY, COMPLETED: Condition.COMPLETED}


@dataclass(frozen=True, slots=True)
class Started:
    """One service: whether it is a one-shot job, whether it reports health, what is wrong."""

    name: str
    is_job: bool
    reports_health: bool
    faults: Faults = ()


@dataclass(frozen=True, slots=True)
class Wait:
    """`service` starts after `target` on `condition`; broken where `faults` says why.

    With `Condition.NONE` the wait is missing: the service needs the target and does not wait.
    """

    service: str
    target: str
    condition: Condition
    faults: Faults = ()

    @property
    def broken(self) -> bool:
        """Whether a finding says that this wait is missing or too weak."""
        return bool(self.faults)


@dataclass(frozen=True, slots=True)
class StartOrder:
    """The services in the order of the files, and who waits for whom."""

    services: tuple[Started, ...] = ()
    waits: tuple[Wait, ...] = field(default=())


def start_order(stack: Stack, findings: Sequence[Finding]) -> StartOrder:
    """Return the start order of a stack; `findings` are those that hold for it."""
    services = stack.project.services.values()
    return StartOrder(
        tuple(_started(stack, one, findings) for one in services),
        tuple(wait for one in services for wait in _waits(stack, one, findings)),
    )


def _started(stack: Stack, service: Service, findings: Sequence[Finding]) -> Started:
    found = about_service(findings, service, *_STATE_RULES)
    is_job = service.name in stack.jobs
    return Started(service.name, is_job, stack.health_of(service.name).known, faults_of(found))


def _waits(stack: Stack, service: Service, findings: Sequence[Finding]) -> Iterator[Wait]:
    weak = about_service(findings, service, "unconditional-depends-on")
    weak_targets = weak_waits(stack, service) if weak else {}
    for name, wait in service.waits.items():
        condition = _CONDITIONS.get(wait.condition or "", Condition.STARTED)
        found = weak if name in weak_targets else []
        if condition is Condition.HEALTHY and (target := stack.project.services.get(name)):
            found = about_service(findings, target, "missing-healthcheck")
        yield Wait(service.name, name, condition, faults_of(found))
    for name in sorted(service.starts_after - service.waits.keys()):
        yield Wait(service.name, name, Condition.STARTED)
    missing = about_service(findings, service, "missing-depends-on")
    for name in unmet_needs(stack, service) if missing else ():
        yield Wait(service.name, name, Condition.NONE, faults_of(missing))
