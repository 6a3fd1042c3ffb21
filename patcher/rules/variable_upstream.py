"""nginx looks a service up at run time, where the settings want names used directly.

## What it finds

A variable in `proxy_pass`, `fastcgi_pass`, `uwsgi_pass`, `scgi_pass` or `grpc_pass` that holds the
name of a service or container of the stack. Only with `upstreams = "direct"` in the settings, which
switches the rule on; without it the rule says nothing, not even where it is selected: it would undo
what [static-upstream](static-upstream.md) does.

## Why it matters

It is the other policy for names, the incident report's Option C: "you can use container names
directly. However, this removes the flexibility of dynamic DNS". A name that is written out is
looked up once, when nginx starts, by the system, so that no `resolver` is needed and no lookup can
fail while nginx runs. The price: nginx does not start while a name cannot be looked up, and keeps
the address of a container that is recreated: in a measurement 92 of 92 requests failed until nginx
was reloaded.

## What the fix does on the next `up`

It writes the name, service or container as it is, into the pass directive, and removes the `set`
where nothing else uses its variable. Requests reach the service as before. Compose does not
recreate a container because a mounted file changed: restart the nginx service, and reload it
whenever a service behind it is recreated.

There is no fix where the variable may hold more than one value, or holds a path, and none where
nginx does not wait for the service: it would not start (missing-depends-on adds the wait).

## Fix safety

Unsafe: nginx no longer starts without the service and no longer notices that it moved; and it
rewrites redirects that name the service itself, which it did not do beside a variable, unless
`proxy_redirect` says something else.

## References

- https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass
"""

from __future__ import annotations

from collections.abc import Iterator

from patcher.finding import Finding, Fix, Fixable, Location, NoFix, Safety, Severity
from patcher.lang.edit_error import CannotEdit
from patcher.rules.base import Rule
from patcher.stack.nginx.upstreams import Upstream
from patcher.stack.order import reachable
from patcher.stack.reach import is_answered, network_owner
from patcher.stack.resolvers import next_up, run_time_lookups, shown
from patcher.stack.stack import Stack
from patcher.stack.start_time_pass import start_time_edits


def check(stack: Stack) -> Iterator[Finding]:
    """Yield one finding for each service that is looked up at run time against the policy."""
    if stack.settings.upstreams != "direct":
        return
    for lookups in _groups(stack):
        places = _places(lookups)
        more = f" and {len(places) - 1} more like it" if len(places) > 1 else ""
        hosts = shown(list(dict.fromkeys(one.host for one in lookups)))
        yield RULE.finding(
            f"nginx looks {hosts} up at run time, and the policy is to use names directly",
            f'`{lookups[0].placed.head}`{more}; `upstreams` is "direct"',
            places,
            _remedy(stack, hosts, lookups),
        )


def _groups(stack: Stack) -> list[list[Upstream]]:
    """Return the lookups of services by host; a directive with several hosts makes one group."""
    places: dict[object, list[Upstream]] = {}
    for one in run_time_lookups(stack):
        if one.placed.name != "server" and _is_service(stack, one):
            places.setdefault(one.placed.key, []).append(one)
    groups: dict[frozenset[str], list[Upstream]] = {}
    for lookups in places.values():
        groups.setdefault(frozenset(one.host for one in lookups), []).extend(lookups)
    return list(groups.values())


def _is_service(stack: Stack, lookup: Upstream) -> bool:
    nginx, target = lookup.nginx.service, stack.service_at(lookup)
    owner = network_owner(stack.project, nginx) if nginx is not None else None
    if owner is None or target is None or target is nginx:
        return False
    return is_answered(stack.project, owner, lookup.host)


def _places(lookups: list[Upstream]) -> tuple[Location, ...]:
    return tuple({one.placed.key: one.placed.location for one in lookups}.values())


def _remedy(stack: Stack, hosts: str, lookups: list[Upstream]) -> Fix | NoFix:
    by_hand = f"write {hosts} into the pass directive"
    if (waiting := _not_waiting(stack, lookups)) is not None:
        reason = f"`{waiting}` does not wait for {hosts}, so nginx might not start"
        return NoFix(reason, f"let it wait first (missing-depends-on), then {by_hand}")
    try:
        edits = start_time_edits(lookups, stack.nginx)
    except CannotEdit as error:
        return NoFix(error.reason, by_hand)
    paths = dict.fromkeys(edit.path for edit in edits)
    after = "; ".join(dict.fromkeys(next_up(lookups, path) for path in paths))
    why = (
        f"nginx does not start while {hosts} cannot be looked up, keeps its address until it is "
        f"reloaded, and rewrites redirects that name it unless `proxy_redirect` says otherwise"
    )
    return Fix(f"use the name {hosts} directly", edits, after, Safety.UNSAFE, why)


def _not_waiting(stack: Stack, lookups: list[Upstream]) -> str | None:
    """Return the nginx service that does not wait for the one that it asks, None where all do."""
    for one in lookups:
        nginx, target = one.nginx.service, stack.service_at(one)
        if nginx and target and target.name not in reachable(stack, nginx.name):
            return nginx.name
    return None


RULE = Rule.of(__name__, __doc__, Severity.WARNING, Fixable.SOMETIMES, check, default=False)
