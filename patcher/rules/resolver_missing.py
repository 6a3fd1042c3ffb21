"""nginx is told to look a name up at run time, and has no resolver to do it with.

## What it finds

A `proxy_pass` (or another pass directive, also in `stream`) whose host comes from a variable, or an
upstream `server … resolve`, with no `resolver` in effect. A variable that names an upstream group
needs none. Values are followed through `set`, `map`, `geo`, `split_clients`, templates and captures
of a few words.

## Why it matters

A host in a variable is looked up for each request through `resolver`. Without one nginx answers
every such request with 502 and logs `no resolver defined to resolve backend`; a `server … resolve`
keeps it from starting.

## What the fix does on the next `up`

It adds `resolver 127.0.0.11 valid=60s ipv6=off;` and `resolver_timeout 10s;` to the nearest
context that serves all such lookups: their `server`, or `http`. Where a file is shared and another
reader of it sets a resolver already, each `server` gets its own. Compose does not recreate a
container because a mounted file changed: restart the nginx service.

## Fix safety

Safe: requests that failed are answered. A `resolver` in `http` also serves OCSP stapling, for
which Docker's DNS forwards to the host's servers. Unsafe where something that nginx reads is not in
the project (an included file, another image's main file): a `resolver` in it would be the second
one, and nginx refuses two in the same context. Unsafe for a file given with `--nginx`: Docker's DNS
answers inside of containers only.

There is no fix where the files do not tell the host (`app-$1`, `$host`), where no Docker DNS
answers (`network_mode: host`), and where the text stands in a here-document or in the compose file.
Podman's DNS has another address: give yours in the settings.

## References

- https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass
- https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from patcher.finding import Finding, Fix, Fixable, Location, NoFix, Safety, Severity
from patcher.lang.edit_error import CannotEdit
from patcher.rules.base import Rule
from patcher.stack.nginx.open_hosts import open_hosts
from patcher.stack.nginx.scopes import Piece, Scope
from patcher.stack.nginx.upstreams import Upstream
from patcher.stack.nginx.variables import names_in
from patcher.stack.resolver_edits import added, may_be_set_elsewhere, written
from patcher.stack.resolver_plan import ResolverPlan
from patcher.stack.resolvers import (
    dns_name,
    is_docker,
    next_up,
    not_edited,
    readers,
    run_time_lookups,
    shown,
    unread_around,
)
from patcher.stack.stack import Stack

_MESSAGE: Final = "nginx looks names up at run time and has no resolver"


def check(stack: Stack) -> Iterator[Finding]:
    """Yield one finding for each nginx that looks names up without a resolver.

    Two that start with the same directive, of a file that both read, are one.
    """
    plan = ResolverPlan(stack.nginx)
    groups: dict[object, list[Upstream]] = {}
    for nginx in stack.nginx:
        lost = [one for one in run_time_lookups(stack) if one.nginx is nginx and _is_lost(one)]
        if lost:
            groups.setdefault(lost[0].placed.key, []).extend(lost)
            plan.serve(lost)
    for lost in groups.values():
        yield RULE.finding(
            _MESSAGE, _evidence(stack, lost), _places(lost), _remedy(stack, plan, lost)
        )
    for nginx in stack.nginx:
        left = [one for one in open_hosts(nginx) if _is_lost(one) and plan.place_for(one) is None]
        if left:
            yield RULE.finding(
                _MESSAGE, _evidence(stack, left), _places(left), _unknown(stack, left)
            )


def _is_lost(lookup: Upstream) -> bool:
    scope = lookup.placed.scope
    return scope.inherited("resolver") is None and not may_be_set_elsewhere(scope)


def _unknown(stack: Stack, left: Sequence[Upstream]) -> NoFix:
    """Return why no resolver is written for hosts that only a request tells."""
    names = list(dict.fromkeys(f"${name}" for one in left for name in names_in(one.host)))
    reason = f"the files do not tell what {shown(names)} holds, and so which DNS knows the name"
    by_hand = f"add `{written(stack.settings)}` if these are services of the project"
    return NoFix(reason, f"{by_hand}, else a `resolver` that knows them")


def _evidence(stack: Stack, lost: Sequence[Upstream]) -> str:
    hosts = dict.fromkeys(one.host for one in lost if _may_show(stack, one))
    others = len(_places(lost)) - 1
    more = f" and {others} more like it lead" if others else " leads"
    where = shown(list(hosts)) or "a host that the environment names"
    return f"`{lost[0].placed.head}`{more} to {where}, and no `resolver` is in effect"


def _may_show(stack: Stack, lookup: Upstream) -> bool:
    """Tell whether a message may show the host: values of the environment are not printed."""
    values = filter(None, lookup.nginx.environment.values())
    is_written = any(lookup.host in tree.source.text for tree in lookup.nginx.trees())
    is_service = stack.service_at(lookup) is not None
    return is_written or is_service or not any(one in lookup.host for one in values)


def _places(lost: Sequence[Upstream]) -> tuple[Location, ...]:
    return tuple({one.placed.key: one.placed.location for one in lost}.values())


def _remedy(stack: Stack, plan: ResolverPlan, lost: Sequence[Upstream]) -> Fix | NoFix:
    dns = stack.settings.resolver
    for nginx in {id(one.nginx): one.nginx for one in lost}.values():
        if is_docker(dns) and nginx.service is not None and not nginx.has_docker_dns:
            reason = f"with `network_mode: {nginx.service.network_mode}` no Docker DNS answers"
            return NoFix(reason, "add a `resolver` with a name server that knows these names")
    text = written(stack.settings)
    chosen = [plan.place_for(one) for one in lost]
    places = {piece.key: (scope, piece) for scope, piece in filter(None, chosen)}
    for lookup, place in zip(lost, chosen, strict=True):
        blocked = not_edited(lookup.placed.tree, f"add `{text}` there")
        if place is None and blocked:
            return blocked
    if None in chosen:
        reason = "the files that could hold it are also read where a `resolver` is set"
        return NoFix(reason, f"add `{text}` to a file that only {readers(lost)} reads")
    try:
        edits = [edit for _, piece in places.values() for edit in added(stack, piece)]
    except CannotEdit as error:
        return NoFix(error.reason, f"add `{text}`")
    paths = list(dict.fromkeys(edit.path for edit in edits))
    title = f"add a `resolver` with {dns_name(dns)} to {_shown_places(list(places.values()))}"
    after = "; ".join(dict.fromkeys(next_up(lost, path) for path in paths))
    why = _why(lost, dns)
    return Fix(title, tuple(edits), after, Safety.UNSAFE if why else Safety.SAFE, why)


def _shown_places(places: Sequence[tuple[Scope, Piece]]) -> str:
    counts = Counter((scope.kind, piece.tree.source.path) for scope, piece in places)
    return ", ".join(
        f"{number} `{kind}` blocks in {path}" if number > 1 else f"`{kind}` in {path}"
        for (kind, path), number in counts.items()
    )


def _why(lost: Sequence[Upstream], dns: str) -> str:
    if is_docker(dns) and any(one.nginx.service is None for one in lost):
        return "which container reads the file is not known; 127.0.0.11 answers only inside of one"
    unread = dict.fromkeys(text for one in lost for text in unread_around(one.placed.scope))
    if not unread:
        return ""
    return f"not in the project, and may set a `resolver` already: {', '.join(unread)}"


RULE = Rule.of(__name__, __doc__, Severity.ERROR, Fixable.SOMETIMES, check)
