"""nginx keeps the address of a service for as long as Docker's DNS allows, or looks up too often.

## What it finds

A `resolver` with Docker's `127.0.0.11` that run-time lookups of service names go through, whose
`valid=` is missing, shorter than the target of 60 seconds, or longer than the 600 seconds that
hold without it.

## Why it matters

Docker's DNS gives every answer a lifetime of 600 seconds. A recreated container has a new address,
so without `valid=` nginx sends requests to the old one for up to ten minutes: 110 of 110 requests
failed in a measurement over that time. With `valid=60s` they failed for 56 seconds, then never.
A shorter time recovers sooner, at the price of more lookups, each of which can fail; a longer one
than 600 seconds makes the outage longer still.

## What the fix does on the next `up`

It sets `valid=60s`, or the `resolver.valid` of the settings; everything else in the line stays.
Compose does not recreate a container because a mounted file changed: restart the nginx service.

## Fix safety

Safe: only how long an answer is kept changes. Where it was less than 60 seconds, requests reach a
recreated container later than before, after 60 seconds at most.

## References

- https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver
"""

from __future__ import annotations

from collections.abc import Iterator

from patcher.finding import Finding, Fix, Fixable, NoFix, Severity
from patcher.lang.edit_error import CannotEdit
from patcher.lang.nginx_args import set_args
from patcher.rules.base import Rule
from patcher.stack.resolver_valid import DOCKER_TTL, is_kept_well, kept_seconds, with_valid
from patcher.stack.resolvers import Resolver, next_up, not_edited, resolvers, service_names
from patcher.stack.stack import Stack


def check(stack: Stack) -> Iterator[Finding]:
    """Yield one finding for each resolver without `valid=`, or with a bad one."""
    target = stack.settings.resolver_valid
    for resolver in resolvers(stack):
        fault = _fault(resolver, target)
        if fault is None or not resolver.asks_docker:
            continue
        if service_names(stack, resolver.lookups):
            message, evidence = fault
            remedy = _remedy(resolver, target)
            yield RULE.finding(
                message, f"`{resolver.placed.head}`: {evidence}", resolver.locations, remedy
            )


def _fault(resolver: Resolver, target: int) -> tuple[str, str] | None:
    """Return message and evidence; None where answers are kept for a good time."""
    valid, kept = resolver.valid, kept_seconds(resolver)
    if kept is None or is_kept_well(resolver, target):
        return None
    late = "nginx sends requests to the old address of a recreated container for too long"
    if kept == 0:
        lack = "no `valid=`" if valid is None else f"`{valid}` counts as none"
        return late, f"{lack}, so an answer is kept for Docker's {DOCKER_TTL} s"
    if kept > target:
        return late, f"`{valid}` is longer than Docker's own {DOCKER_TTL} s"
    return "nginx looks service names up too often", f"`{valid}` is shorter than {target} s"


def _remedy(resolver: Resolver, target: int) -> Fix | NoFix:
    placed, new = resolver.placed, f"valid={target}s"
    if blocked := not_edited(placed.tree, f"give the `resolver` there the parameter `{new}`"):
        return blocked
    try:
        args = with_valid(placed.args, target)
        edits = set_args(placed.tree, placed.route[:-1], placed.directive, args)
    except CannotEdit as error:
        return NoFix(error.reason, f"give the `resolver` the parameter `{new}`")
    after = next_up(resolver.lookups, placed.tree.source.path)
    return Fix(f"keep answers for {target}s", edits, after)


RULE = Rule.of(__name__, __doc__, Severity.WARNING, Fixable.SOMETIMES, check)
