"""nginx keeps the address of a service for as long as Docker's DNS allows, or looks up too often.

## What it finds

A `resolver` with Docker's `127.0.0.11` that run-time lookups of service names go through, whose
`valid=` is missing or shorter than the target of 60 seconds.

## Why it matters

Docker's DNS gives every answer a lifetime of 600 seconds. A recreated container has a new address,
so without `valid=` nginx sends requests to the old one for up to ten minutes: 110 of 110 requests
failed in a measurement over that time. With `valid=60s` they failed for 56 seconds, then never.
A shorter time recovers sooner, at the price of more lookups, each of which can fail.

## What the fix does on the next `up`

It sets `valid=60s`; everything else in the line stays. Compose does not recreate a container
because a mounted file changed: restart the nginx service.

## Fix safety

Safe: only how long an answer is kept changes.

## References

- https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver
"""

from __future__ import annotations

from collections.abc import Iterator

from patcher.finding import Finding, Fix, Fixable, NoFix, Severity
from patcher.lang.edit_error import CannotEdit
from patcher.lang.nginx_args import set_args
from patcher.rules.base import Rule
from patcher.stack.resolvers import Resolver, next_up, resolvers, seconds, service_names
from patcher.stack.stack import Stack

_DOCKER_TTL = "600 s"


def check(stack: Stack) -> Iterator[Finding]:
    """Yield one finding for each resolver without `valid=`, or with too short a one."""
    target = stack.settings.resolver_valid
    for resolver in resolvers(stack):
        if not resolver.asks_docker or not service_names(stack, resolver.lookups):
            continue
        valid = next((one for one in resolver.parameters if one.startswith("valid=")), None)
        kept = None if valid is None else seconds(valid.removeprefix("valid="))
        if valid is not None and (kept is None or kept >= target):
            continue
        missing = f"no `valid=`: an answer is kept for Docker's {_DOCKER_TTL}"
        short = f"`{valid}` is shorter than {target} s: more lookups, each of which can fail"
        yield RULE.finding(
            "nginx keeps looked-up addresses for too long or too short a time",
            f"`{resolver.placed.head}`: {missing if valid is None else short}",
            (resolver.placed.location,),
            _remedy(resolver, valid, f"valid={target}s"),
        )


def _remedy(resolver: Resolver, old: str | None, new: str) -> Fix | NoFix:
    placed = resolver.placed
    if old is None:
        others = [arg for arg in placed.args if "=" in arg]
        args = [*resolver.servers, new, *others]
    else:
        args = [new if arg == old else arg for arg in placed.args]
    try:
        edits = set_args(placed.tree, placed.route[:-1], placed.directive, args)
    except CannotEdit as error:
        return NoFix(error.reason, f"give the `resolver` the parameter `{new}`")
    return Fix(
        f"keep answers for {new.removeprefix('valid=')}", edits, next_up(resolver.lookups[0])
    )


RULE = Rule.of(__name__, __doc__, Severity.WARNING, Fixable.SOMETIMES, check)
