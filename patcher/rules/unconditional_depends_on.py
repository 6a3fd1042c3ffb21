"""A service starts as soon as those it depends on have started, ready or not.

## What it finds

A `depends_on` in short form, or in long form without a `condition`, on a service that has a health
check or can get one.

## Why it matters

The short form waits for the container to be started, not for the program in it to answer. On an
empty volume PostgreSQL takes seconds to initialise, and a backend may take longer: whoever starts
in between fails, or, like nginx, answers 502. In a measurement the first 12 of 12 requests were
answered when every dependent waited for health, and none when only the database's did.

## What the fix does on the next `up`

It writes the entries in long form: `condition: service_healthy` where the target reports health,
`service_started` otherwise. Order, quotes and comments stay. The next `up -d` starts a service
when those it waits for are healthy; a target that never becomes healthy makes `up` fail with its
name, where before the failure showed later and elsewhere. Entries are written once every target
that can get a health check has one.

## Fix safety

Safe: what runs today is healthy within its `start_period`.

## References

- https://docs.docker.com/reference/compose-file/services/#depends_on
- https://docs.docker.com/compose/how-tos/startup-order/
"""

from __future__ import annotations

from collections.abc import Iterator

from patcher.finding import Finding, Fix, Fixable, NoFix, Severity
from patcher.lang.edit_error import CannotEdit
from patcher.rules.base import Rule
from patcher.stack.compose import Service
from patcher.stack.resolvers import shown
from patcher.stack.stack import Stack
from patcher.stack.waits import wait_edits


def check(stack: Stack) -> Iterator[Finding]:
    """Yield one finding for each service that waits less than it could."""
    for service in stack.project.services.values():
        targets = [
            wait.service
            for wait in service.waits.values()
            if wait.condition is None and _can_report(stack, wait.service)
        ]
        if not targets:
            continue
        place = service.waits[targets[0]].value.location
        yield RULE.finding(
            f"`{service.name}` does not wait until what it depends on is ready",
            f"{shown(targets)} {_report(targets)} health, and `depends_on` does not ask for it",
            (place,),
            _remedy(stack, service, targets),
        )


def _can_report(stack: Stack, name: str) -> bool:
    health = stack.health_of(name)
    return health.known or health.comes


def _report(targets: list[str]) -> str:
    return "can report its" if len(targets) == 1 else "can report their"


def _remedy(stack: Stack, service: Service, targets: list[str]) -> Fix | NoFix:
    try:
        edits = wait_edits(stack, service, {}, stack.project.services)
    except CannotEdit as error:
        return NoFix(error.reason, "give each entry a `condition: service_healthy`")
    title = f"wait until {shown(targets)} {'is' if len(targets) == 1 else 'are'} healthy"
    return Fix(title, edits, f"starts `{service.name}` when {_subject(targets)} healthy")


def _subject(targets: list[str]) -> str:
    return f"{shown(targets)} {'is' if len(targets) == 1 else 'are'}"


RULE = Rule.of(__name__, __doc__, Severity.WARNING, Fixable.SOMETIMES, check)
