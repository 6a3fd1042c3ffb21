"""A service starts as soon as those it depends on have started, ready or not.

## What it finds

A `depends_on` in short form, or in long form without a `condition`, on a service that has a health
check or can get one.

## Why it matters

The short form waits for the container to be started, not for the program in it to answer. On an
empty volume PostgreSQL takes seconds to initialise, and a backend may take longer: whoever starts
in between fails, or, like nginx, answers 502. In a measurement the first 12 of 12 requests were
answered when every dependent waited for health, and none when only the database's did. It holds
when the stack is brought up: nobody waits for a container that Docker restarts later.

## What the fix does on the next `up`

It writes the entries in long form: `condition: service_healthy` where the target reports health,
`service_started` otherwise. Order, quotes and comments stay. The next `up -d` starts a service
when those it waits for are healthy; a target that never becomes healthy makes `up` fail with its
name, where before the failure showed later and elsewhere. Entries are written once every target
that can get a health check has one. A list that several services share through an anchor is
rewritten where it is defined; what comes in from another file through `extends` is said in the
service itself, which Compose merges over it.

## Fix safety

Safe: a check that this program adds gives its service minutes to start. A check that cannot work
(its program is not in the image), that was written for another command of the same image, or that
stands in a later file such as an override, is not waited for: the entry says `service_started`,
which is what it did before. A condition that is written stays. Nothing is written into files that
are made for Swarm, which refuses the long form. Compose before 1.27 refuses it too, where the file
names a `version` of 3.

## References

- https://docs.docker.com/reference/compose-file/services/#depends_on
- https://docs.docker.com/compose/how-tos/startup-order/
"""

from __future__ import annotations

from collections.abc import Iterator

from patcher.finding import Finding, Fix, Fixable, Location, NoFix, Severity
from patcher.lang.edit_error import CannotEdit
from patcher.rules.base import Rule
from patcher.stack.compose.service import Service
from patcher.stack.compose.swarm import refusal
from patcher.stack.health import Health
from patcher.stack.resolvers import shown
from patcher.stack.stack import Stack
from patcher.stack.wait_edits import condition_edits
from patcher.stack.waits import weak_waits


def check(stack: Stack) -> Iterator[Finding]:
    """Yield one finding for each service that waits less than it could."""
    for service in stack.project.services.values():
        if targets := weak_waits(stack, service):
            yield _finding(stack, service, targets)


def _finding(stack: Stack, service: Service, targets: dict[str, Health]) -> Finding:
    names = list(targets)
    return RULE.finding(
        f"`{service.name}` does not wait until {_are(names, 'ready')}",
        f"`depends_on` waits for the start only; {_checks(targets)}",
        tuple(dict.fromkeys([_place(service), *_open_places(service, targets)])),
        _remedy(stack, service, targets),
    )


def _place(service: Service) -> Location:
    """Return a place that stays the same when one of several definitions is fixed."""
    (value, *_) = service.values("depends_on")
    return value.location if len(service.parts) == 1 else service.location


def _open_places(service: Service, targets: dict[str, Health]) -> list[Location]:
    return [service.waits[name].value.location for name in targets]


def _checks(targets: dict[str, Health]) -> str:
    """Say which targets have a health check, and which get one."""
    have = [name for name, health in targets.items() if not health.comes]
    get = [name for name, health in targets.items() if health.comes]
    verb = "has" if len(have) == 1 else "have"
    if not get:
        return f"{shown(have)} {verb} a health check"
    if not have:
        return f"{shown(get)} can get a health check"
    return f"{shown(have)} {verb} a health check, {shown(get)} can get one"


def _are(names: list[str], state: str) -> str:
    return f"{shown(names)} {'is' if len(names) == 1 else 'are'} {state}"


def _remedy(stack: Stack, service: Service, targets: dict[str, Health]) -> Fix | NoFix:
    if (refused := refusal(stack.project)) is not None:
        return refused
    healthy = [name for name, health in targets.items() if health.doubt is None]
    doubts = {name: health.doubt for name, health in targets.items() if health.doubt}
    if not healthy:
        doubt = next(iter(doubts.values()))
        return NoFix(f"`up` may fail: {doubt.reason}", doubt.by_hand)
    try:
        edits = condition_edits(stack, service, stack.project.services)
    except CannotEdit as error:
        return NoFix(error.reason, "give each entry a `condition: service_healthy`")
    parts = [f"wait until {_are(healthy, 'healthy')}"]
    parts += [
        f"wait only for the start of `{name}`: {doubt.reason}" for name, doubt in doubts.items()
    ]
    return Fix("; ".join(parts), edits, f"starts `{service.name}` when {_are(healthy, 'healthy')}")


RULE = Rule.of(__name__, __doc__, Severity.WARNING, Fixable.SOMETIMES, check)
