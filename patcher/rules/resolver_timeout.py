"""nginx has no time limit of its own, or a very short one, for looking a name up.

## What it finds

A `resolver` that run-time lookups go through, with no `resolver_timeout` in effect beside it, or
one that is shorter than the target of 10 seconds.

## Why it matters

While Docker restarts containers its DNS may answer late. Too short a limit turns a late answer
into `could not be resolved (110: Operation timed out)` and a 502; with none, nginx's own default
of 30 seconds holds a client for that long.

## What the fix does on the next `up`

It sets `resolver_timeout 10s;` beside the resolver. Compose does not recreate a container because
a mounted file changed: restart the nginx service.

## Fix safety

Safe: only how long nginx waits for an answer changes.

## References

- https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver_timeout
"""

from __future__ import annotations

from collections.abc import Iterator

from patcher.finding import Finding, Fix, Fixable, NoFix, Severity
from patcher.lang.edit_error import CannotEdit
from patcher.lang.nginx_args import set_args
from patcher.lang.nginx_edit import add_directive
from patcher.rules.base import Rule
from patcher.stack.nginx import Placed
from patcher.stack.resolvers import Resolver, next_up, resolvers, seconds, service_names
from patcher.stack.stack import Stack

_NAME = "resolver_timeout"


def check(stack: Stack) -> Iterator[Finding]:
    """Yield one finding for each resolver in use without a long enough time limit."""
    target = stack.settings.resolver_timeout
    for resolver in resolvers(stack):
        if not service_names(stack, resolver.lookups):
            continue
        limit = resolver.placed.scope.inherited(_NAME)
        if limit is None:
            evidence = f"`{resolver.placed.head}` has no `{_NAME}` beside it"
            remedy = _add(resolver, target)
            yield RULE.finding(_MESSAGE, evidence, (resolver.placed.location,), remedy)
        elif _is_short(limit, target):
            evidence = f"`{limit.head}` is shorter than {target} s"
            remedy = _lengthen(resolver, limit, target)
            yield RULE.finding(_MESSAGE, evidence, (limit.location,), remedy)


_MESSAGE = "nginx gives up looking a service name up too early, or too late"


def _is_short(limit: Placed, target: int) -> bool:
    time = seconds(limit.args[0]) if limit.args else None
    return time is not None and time < target


def _add(resolver: Resolver, target: int) -> Fix | NoFix:
    placed = resolver.placed
    try:
        edits = add_directive(
            placed.tree, placed.route[:-1], _NAME, [f"{target}s"], after=placed.directive
        )
    except CannotEdit as error:
        return NoFix(error.reason, f"write `{_NAME} {target}s;` beside the resolver")
    return Fix(f"wait {target} s for an answer", edits, next_up(resolver.lookups[0]))


def _lengthen(resolver: Resolver, limit: Placed, target: int) -> Fix | NoFix:
    try:
        edits = set_args(limit.tree, limit.route[:-1], limit.directive, [f"{target}s"])
    except CannotEdit as error:
        return NoFix(error.reason, f"write `{_NAME} {target}s;`")
    return Fix(f"wait {target} s for an answer", edits, next_up(resolver.lookups[0]))


RULE = Rule.of(__name__, __doc__, Severity.WARNING, Fixable.SOMETIMES, check)
