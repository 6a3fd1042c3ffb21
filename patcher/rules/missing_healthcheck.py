"""A service that others rely on cannot report whether it is ready.

## What it finds

A service that another one waits for, that nginx hands requests to, or that an app names as its
database, and that has no health check: none in a compose file, none in its Dockerfile. A check
that is switched off (`disable: true`) is the operator's decision and is left alone.

## Why it matters

Without a health check Compose can only wait until a container has started, not until the program
in it answers. A Django backend of the incident took 18 seconds to listen; nginx, started before
that, answered 502 to 12 of 12 requests. With a health check, `condition: service_healthy` waits.

## What the fix does on the next `up`

It adds a `healthcheck` that is certain to work for the image: `pg_isready`, `redis-cli ping`, or a
connection to the service's own port with a program that the image has. The next `up -d` recreates
the service, because its entry changed. Images whose programs are not known, distroless ones and
services without a known port get no check: the reason is told.

## Fix safety

Safe: the check only looks. It needs no password and leaves room for a slow start (`start_period`).

## References

- https://docs.docker.com/reference/compose-file/services/#healthcheck
- https://docs.docker.com/compose/how-tos/startup-order/
"""

from __future__ import annotations

from collections.abc import Iterator

from patcher.finding import Finding, Fix, Fixable, NoFix, Severity
from patcher.lang.edit_error import CannotEdit
from patcher.lang.yaml_edit import add_entries
from patcher.lang.yaml_style import Flow
from patcher.rules.base import Rule
from patcher.stack.compose import Service
from patcher.stack.health import Health
from patcher.stack.image import Probe
from patcher.stack.stack import Stack


def check(stack: Stack) -> Iterator[Finding]:
    """Yield one finding for each service that should report health and does not."""
    for service in stack.project.services.values():
        health = stack.health_of(service.name)
        if health.probe is None and health.no_probe is None:
            continue
        yield RULE.finding(
            f"`{service.name}` cannot report whether it is ready",
            f"no health check, and {_who(stack, service)}",
            (service.location,),
            _remedy(service, health),
        )


def _who(stack: Stack, service: Service) -> str:
    """Say who relies on a service, one of each kind."""
    waiting = [one.name for one in stack.project.services.values() if service.name in one.waits]
    if waiting:
        more = f" and {len(waiting) - 2} more wait" if len(waiting) > 2 else ""
        verb = more or (" waits" if len(waiting) == 1 else " wait")
        return (
            " and ".join(f"`{name}`" for name in waiting[:2]).replace(
                " and ", ", " if more else " and "
            )
            + f"{verb} for it"
        )
    need = next(need for need in stack.needs if need.target == service.name)
    return f"`{need.service}` needs it: {need.evidence}"


def _remedy(service: Service, health: Health) -> Fix | NoFix:
    if health.probe is None:
        reason = health.no_probe.reason if health.no_probe else ""
        return NoFix(reason, health.no_probe.by_hand if health.no_probe else "")
    home = service.home
    try:
        edits = add_entries(
            home.tree, home.mapping, [("healthcheck", _entry(health.probe))], at=[home.route]
        )
    except CannotEdit as error:
        return NoFix(error.reason, f"add `healthcheck: {{test: {list(health.probe.test)}}}`")
    title = f"add a health check: {health.probe.note}"
    return Fix(title, edits, f"recreates `{service.name}`, which then reports its health")


def _entry(probe: Probe) -> dict[str, object]:
    return {
        "test": Flow(probe.test),
        "interval": probe.interval,
        "timeout": probe.timeout,
        "retries": probe.retries,
        "start_period": probe.start_period,
    }


RULE = Rule.of(__name__, __doc__, Severity.WARNING, Fixable.SOMETIMES, check)
