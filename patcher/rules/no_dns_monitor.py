"""nginx has no health check that notices when the names it asks cannot be looked up.

## What it finds

An nginx that hands requests to services of the stack, and whose health check, if it has one, looks
none of their names up. Off by default. A check that is switched off is the operator's decision and
is left alone.

## Why it matters

Docker's DNS drops the name of a container that is stopped or restarting, and a mistake in a
`resolver` makes names fail now and then: in the incident users saw it first, as 502. The report's
recommendation: "Add container health monitoring to detect DNS resolution failures early".

## What the fix does on the next `up`

It adds a health check, or extends the one that is there: `getent hosts backend frontend`, which
fails where one of the names is not found. Without a check so far it also asks whether nginx accepts
connections, as missing-healthcheck would. The next `up -d` recreates nginx. `docker compose ps`
then shows it as unhealthy while a name fails, and monitoring that reads the health can tell.

There is no fix for images in which `getent` is not certain to be, for checks of a Dockerfile, for
Swarm, which would restart nginx, and where a service behind nginx itself waits for nginx.

## Fix safety

Unsafe: nginx counts as unhealthy while one service behind it is stopped, though it serves the
others, and whoever waits for nginx to be healthy waits for all of them.

## References

- https://docs.docker.com/reference/compose-file/services/#healthcheck
- https://docs.docker.com/engine/network/#dns-services
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from patcher.finding import Finding, Fix, Fixable, NoFix, Safety, Severity
from patcher.lang.edit_error import CannotEdit
from patcher.patterns import regex
from patcher.rules.base import Rule
from patcher.stack.check_edits import check_edits
from patcher.stack.compose.service import Service
from patcher.stack.compose.swarm import swarm_sign
from patcher.stack.lookup_check import (
    has_getent,
    lookup_probe,
    names_any,
    replace_test,
    with_lookups,
    written_test,
)
from patcher.stack.order import reachable
from patcher.stack.own_checks import own_check_of
from patcher.stack.reach import is_answered
from patcher.stack.resolvers import shown
from patcher.stack.stack import Stack
from patcher.text import Edit

_NAME: Final = regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


def check(stack: Stack) -> Iterator[Finding]:
    """Yield one finding for each nginx whose health tells nothing of the names that it asks."""
    for service in stack.project.services.values():
        hosts = _hosts(stack, service)
        if not hosts or service.health_disabled:
            continue
        own = own_check_of(stack.facts[service.name])
        if own is not None and names_any(own.words, hosts):
            continue
        has = "has no health check" if own is None else "has a health check that looks none up"
        yield RULE.finding(
            f"`{service.name}` cannot tell when names of services are not found",
            f"it asks {shown(hosts)} and {has}",
            (service.location,),
            _remedy(stack, service, hosts),
        )


def _hosts(stack: Stack, service: Service) -> list[str]:
    """Return the names of services that are always on and that an nginx hands requests to."""
    found = [
        one.host
        for one in stack.upstreams
        if one.nginx.service is service
        and service.network_mode is None
        and (target := stack.service_at(one)) is not None
        and target is not service
        and not target.profiles
        and _NAME.fullmatch(one.host)
        and is_answered(stack.project, service, one.host)
    ]
    return list(dict.fromkeys(found))


def _remedy(stack: Stack, service: Service, hosts: list[str]) -> Fix | NoFix:
    by_hand = f"let a health check run `{with_lookups((), hosts)[1]}`, or what its image has for it"
    try:
        edits = _edits(stack, service, hosts)
    except CannotEdit as error:
        return NoFix(error.reason, by_hand)
    title = f"look {shown(hosts)} up in its health check"
    why = (
        f"`{service.name}` counts as unhealthy while one of the services is stopped, though it "
        "serves the others"
    )
    next_up = f"recreates `{service.name}`, which then reports names that fail as its health"
    return Fix(title, edits, next_up, Safety.UNSAFE, why)


def _edits(stack: Stack, service: Service, hosts: list[str]) -> tuple[Edit, ...]:
    facts = stack.facts[service.name]
    _require_fit(stack, service, hosts)
    own = own_check_of(facts)
    if own is None:
        if service.get("healthcheck") is not None:
            raise CannotEdit("its `healthcheck` says how often to test, but not what")
        return check_edits(stack, service, lookup_probe(stack, service, hosts)).edits
    if own.value is None:
        raise CannotEdit("its health check is the Dockerfile's")
    return replace_test(service, own.value, with_lookups(written_test(own.value), hosts))


def _require_fit(stack: Stack, service: Service, hosts: list[str]) -> None:
    if not has_getent(stack.facts[service.name]):
        raise CannotEdit("whether its image has `getent` is not known")
    if (sign := swarm_sign(stack.project)) is not None:
        raise CannotEdit(f"{sign} is for Swarm, which restarts a task whose check fails")
    for host in hosts:
        target = stack.project.by_name(host)
        if target is not None and service.name in reachable(stack, target.name, with_needs=True):
            raise CannotEdit(f"`{target.name}` itself waits for `{service.name}`")


RULE = Rule.of(__name__, __doc__, Severity.INFO, Fixable.SOMETIMES, check, default=False)
