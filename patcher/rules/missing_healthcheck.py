"""A service that others rely on cannot report whether it is ready.

## What it finds

A service that another one waits for, that nginx hands requests to, or that an app names as its
database, or that the settings say how to test, and that has no health check: none in a compose
file, none in its Dockerfile. A check that is switched off (`disable: true`) is the operator's
decision and is left alone.

## Why it matters

Without a health check Compose can only wait until a container has started, not until the program
in it answers. A Django backend of the incident took 18 seconds to listen; nginx, started before
that, answered 502 to 12 of 12 requests. With a health check, `condition: service_healthy` waits.

## What the fix does on the next `up`

It adds a `healthcheck` that is certain to work for the image: `pg_isready`, `redis-cli ping`, or a
connection to the service's own port with a program that the image has. The next `up -d` recreates
the service, because its entry changed. Images whose programs are not known, distroless ones and
services without a known port get no check: the reason is told. With `test`, `port` or `path` under
`[healthcheck.<service>]`, the settings say what to test.

## Fix safety

Safe: the check only looks. It needs no password and leaves room for a slow start (`start_period`).
It goes to a shared definition (a merge key, an alias) where all who share it want it. Where another
service would take it over through `extends` or a merge key and cannot answer it, such as a worker,
it is switched off there with `disable: true`: only if that service runs the same image, which has
no check of its own, and nobody waits for it; else there is no fix. No check is added where a
further file of the project changes what the service runs. Unsafe in files that are made for Swarm,
which restarts tasks whose check fails.

## References

- https://docs.docker.com/reference/compose-file/services/#healthcheck
- https://docs.docker.com/compose/how-tos/startup-order/
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from patcher.finding import Finding, Fix, Fixable, NoFix, Safety, Severity
from patcher.lang.edit_error import CannotEdit
from patcher.rules.base import Rule
from patcher.stack.check_edits import check_edits
from patcher.stack.compose.service import Service
from patcher.stack.compose.swarm import swarm_sign
from patcher.stack.image.healthcheck import Probe
from patcher.stack.resolvers import shown
from patcher.stack.stack import Stack
from patcher.stack.waits import HEALTHY


def check(stack: Stack) -> Iterator[Finding]:
    """Yield one finding for each service that should report health and does not."""
    for service in stack.project.services.values():
        health = stack.health_of(service.name)
        if health.probe is not None:
            remedy = _remedy(stack, service, health.probe)
        elif health.no_probe is not None:
            remedy = NoFix(health.no_probe.reason, health.no_probe.by_hand)
        else:
            continue
        message = f"`{service.name}` has no health check, so nothing can wait until it is ready"
        evidence = f"none in the compose files or in a Dockerfile, and {_who(stack, service)}"
        yield RULE.finding(message, evidence, (service.location,), remedy)


def _who(stack: Stack, service: Service) -> str:
    """Say who relies on a service, one of each kind."""
    waits = [
        (one.name, wait)
        for one in stack.project.services.values()
        if (wait := one.waits.get(service.name)) is not None
    ]
    refused = [name for name, wait in waits if wait.condition == HEALTHY]
    if refused:
        return f"`{refused[0]}` waits until it is healthy, so `up` ends with an error"
    if waits:
        return _waiting([name for name, _ in waits])
    need = next((need for need in stack.needs if need.target == service.name), None)
    if need is None:
        return "the settings say how to test it"
    return f"`{need.service}` needs it: {need.evidence}"


def _waiting(names: list[str]) -> str:
    shown = [f"`{name}`" for name in names[:2]]
    if len(names) > 2:
        return f"{', '.join(shown)} and {len(names) - 2} more wait for it"
    return f"{' and '.join(shown)} {'wait' if len(names) > 1 else 'waits'} for it"


def _remedy(stack: Stack, service: Service, probe: Probe) -> Fix | NoFix:
    try:
        found = check_edits(stack, service, probe)
    except CannotEdit as error:
        test = json.dumps(probe.test)
        by_hand = (
            f"add a `healthcheck` with `test: {test}`, and `disable: true` where it does not fit"
        )
        return NoFix(error.reason, by_hand)
    title = f"add a health check: {probe.note}"
    report = "reports its" if len(found.users) == 1 else "report their"
    next_up = f"recreates {shown(found.users)}, which then {report} health"
    if found.off:
        title = f"{title}; switch it off in {shown(found.off)}, which would take it over"
        next_up = f"{next_up}, and {shown(found.off)}"
    if (sign := swarm_sign(stack.project)) is None:
        return Fix(title, found.edits, next_up)
    why = f"{sign} is for Swarm, which restarts a task whose check fails"
    return Fix(title, found.edits, next_up, Safety.UNSAFE, why)


RULE = Rule.of(__name__, __doc__, Severity.WARNING, Fixable.SOMETIMES, check)
