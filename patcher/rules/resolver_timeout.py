"""nginx has no time limit of its own, or a very short one, for looking a name up.

## What it finds

A `resolver` that run-time lookups of service names go through, with no `resolver_timeout` in
effect for them, or one that is shorter than the target of 10 seconds.

## Why it matters

While Docker restarts containers its DNS may answer late. Too short a limit turns a late answer into
`could not be resolved (110: Operation timed out)` and a 502; with none, nginx's own default of 30
seconds holds a client for that long. nginx asks again after 5 seconds, so a limit of 5 leaves one
question. In a measurement the first got no answer: the request ended with 502 at a limit of 5, and
was answered at 10. It is what the incident report calls retry logic.

## What the fix does on the next `up`

It sets `resolver_timeout 10s;`, or the `resolver.timeout` of the settings: in place of the shorter
one, or below the resolver. Compose does not recreate a container because a mounted file changed:
restart the nginx service.

## Fix safety

Safe: only how long nginx waits for an answer changes. A new one is unsafe where something that
nginx reads is not in the project: it could set one already, and nginx refuses two in one context.

## References

- https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver_timeout
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from patcher.finding import Finding, Fix, Fixable, NoFix, Safety, Severity
from patcher.lang.edit_error import CannotEdit
from patcher.lang.nginx_args import set_args
from patcher.lang.nginx_edit import add_directive
from patcher.rules.base import Rule
from patcher.stack.nginx.scopes import Piece, Placed, can_take
from patcher.stack.nginx.upstreams import Upstream
from patcher.stack.resolvers import (
    Resolver,
    next_up,
    not_edited,
    readers,
    resolvers,
    seconds,
    service_names,
    unread_around,
)
from patcher.stack.stack import Stack

_NAME = "resolver_timeout"


def check(stack: Stack) -> Iterator[Finding]:
    """Yield one finding for each resolver without a time limit, and for each limit too short."""
    short: dict[object, tuple[Placed, list[Upstream]]] = {}
    for resolver in resolvers(stack):
        if not service_names(stack, resolver.lookups):
            continue
        limits = [(one.placed.scope.inherited(_NAME), one) for one in resolver.lookups]
        for limit, lookup in limits:
            if limit is not None and _is_short(limit, stack.settings.resolver_timeout):
                short.setdefault(limit.key, (limit, []))[1].append(lookup)
        if unlimited := [lookup for limit, lookup in limits if limit is None]:
            yield _unlimited(stack, resolver, unlimited)
    for limit, lookups in short.values():
        yield _too_short(stack, limit, lookups)


def _is_short(limit: Placed, target: int) -> bool:
    time = seconds(limit.args[0], milliseconds=True) if limit.args else None
    return time is not None and time < target


def _unlimited(stack: Stack, resolver: Resolver, lookups: Sequence[Upstream]) -> Finding:
    return RULE.finding(
        "nginx waits 30 s where a lookup of a service name gets no answer",
        f"`{resolver.placed.head}` has no `{_NAME}` beside it, and the default is 30 s",
        resolver.locations,
        _add(stack, resolver, lookups),
    )


def _too_short(stack: Stack, limit: Placed, lookups: Sequence[Upstream]) -> Finding:
    target = stack.settings.resolver_timeout
    return RULE.finding(
        "nginx gives up looking a service name up too early",
        f"`{limit.head}` is shorter than {target} s",
        (limit.location,),
        _lengthen(limit, lookups, target),
    )


def _add(stack: Stack, resolver: Resolver, lookups: Sequence[Upstream]) -> Fix | NoFix:
    placed, target = resolver.placed, stack.settings.resolver_timeout
    if blocked := not_edited(placed.tree, f"add `{_NAME} {target}s;` there"):
        return blocked
    if not can_take(stack.nginx, Piece(placed.tree, placed.route[:-1]), _NAME):
        by_hand = f"add `{_NAME} {target}s;` to a file that only {readers(lookups)} reads"
        return NoFix(
            f"the file is also read where `{_NAME}` is set already, or not allowed", by_hand
        )
    try:
        edits = add_directive(
            placed.tree, placed.route[:-1], _NAME, [f"{target}s"], after=placed.directive
        )
    except CannotEdit as error:
        return NoFix(error.reason, f"write `{_NAME} {target}s;` beside the resolver")
    title, after = _title(target), next_up(resolver.lookups, placed.tree.source.path)
    unread = ", ".join(unread_around(placed.scope))
    if not unread:
        return Fix(title, edits, after)
    why = f"not in the project, and may set a `{_NAME}` already: {unread}"
    return Fix(title, edits, after, Safety.UNSAFE, why)


def _lengthen(limit: Placed, lookups: Sequence[Upstream], target: int) -> Fix | NoFix:
    if blocked := not_edited(limit.tree, f"write `{_NAME} {target}s;` there"):
        return blocked
    try:
        edits = set_args(limit.tree, limit.route[:-1], limit.directive, [f"{target}s"])
    except CannotEdit as error:
        return NoFix(error.reason, f"write `{_NAME} {target}s;`")
    return Fix(_title(target), edits, next_up(lookups, limit.tree.source.path))


def _title(target: int) -> str:
    return f"wait up to {target} s for an answer"


RULE = Rule.of(__name__, __doc__, Severity.WARNING, Fixable.SOMETIMES, check)
