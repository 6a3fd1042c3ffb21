"""nginx looks the name of a service up once, when it starts, and keeps the address.

## What it finds

The name of a service, written out in `proxy_pass`, `fastcgi_pass`, `uwsgi_pass` or `scgi_pass`, or
as a `server` of an `upstream` block. Off by default: it is one of two policies. `upstreams =
"dynamic"` in the settings, or selecting the rule, switches it on; with `upstreams = "direct"` it
says nothing.

## Why it matters

nginx does not start with a literal name that it cannot look up, so one service that is down takes
every site of the proxy down. And a recreated container gets a new address: in a measurement with
literal names 92 of 92 requests failed until nginx was reloaded. With a variable and `valid=60s`
they failed for 56 seconds, then never.

## What the fix does on the next `up`

The name goes into a variable (`set $backend_upstream http://backend:8000;`), which nginx looks up
through `resolver` while it runs, and the fix adds the resolver where none is in effect. Requests
reach the service as before: where `proxy_pass` had a URI part, a `rewrite … break` passes the same
path on, and `proxy_redirect` is written out where nginx rewrote redirects by default. All
directives that name one service and port are converted together, since a single literal one would
make nginx keep the address for all. A `server` of an `upstream` block gets `resolve`, and the block
a `zone`, where the tag of the image tells that nginx is 1.27.3 or later. Compose does not recreate
a container because a mounted file changed: restart the nginx service.

No fix, but the lines to write by hand: inside of `if` and `limit_except`, in `stream`, for
`grpc_pass`, for a path that the location rewrites itself or whose `$uri` is used, where the
`resolver` in effect is not Docker's alone or the resolver rules would change it, and for older or
unknown versions of nginx.

## Fix safety

Unsafe: a lookup that fails while nginx runs ends its request with 502; an address is kept for 60
seconds, so that for as long requests may go to a container that is gone; with a variable,
`max_fails` no longer holds from one request to the next; and a block with `resolve` answers 502
until its first lookup is answered. A name with several addresses is still used in turn. Redirects
that name the service itself are no longer rewritten where requests get a `Host` of their own, by
which the service knows itself.

## References

- https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass
- https://nginx.org/en/docs/http/ngx_http_upstream_module.html#resolve
"""

from __future__ import annotations

from collections.abc import Iterator

from patcher.finding import Finding, Fix, Fixable, Location, NoFix, Safety, Severity
from patcher.lang.edit_error import CannotEdit
from patcher.records import dataclass
from patcher.rules.base import Rule
from patcher.stack.nginx.upstreams import Upstream
from patcher.stack.nginx.variables import is_run_time
from patcher.stack.reach import is_answered, network_owner, own_hosts
from patcher.stack.resolver_edits import plan_for, resolver_edits, written
from patcher.stack.resolver_plan import ResolverPlan
from patcher.stack.resolvers import next_up, shown
from patcher.stack.run_time_pass import (
    Variables,
    by_hand,
    has_own_host,
    rewrites_redirects,
    run_time_edits,
)
from patcher.stack.stack import Stack
from patcher.stack.upstream_servers import resolve_edits
from patcher.text import Edit, joined


@dataclass(frozen=True, slots=True)
class _Group:
    """The literal names that are converted together, and how, or why they are not.

    `lookups` are theirs, and those of variables that nginx has known by them so far.
    """

    uses: tuple[Upstream, ...]
    lookups: tuple[Upstream, ...]
    edits: tuple[Edit, ...]
    refusal: NoFix | None

    @property
    def hosts(self) -> list[str]:
        """The names as written, each once."""
        return list(dict.fromkeys(one.host for one in self.uses))

    @property
    def is_block(self) -> bool:
        """Whether the names are those of an `upstream` block."""
        return self.uses[0].placed.name == "server"


def check(stack: Stack) -> Iterator[Finding]:
    """Yield one finding for each service and port, or `upstream` block, that is looked up once."""
    if stack.settings.upstreams == "direct":
        return
    variables = Variables(stack.nginx)
    groups = [_group(stack, uses, variables) for uses in _literal(stack)]
    plan = plan_for(stack, [one for each in groups if not each.refusal for one in each.lookups])
    for group in groups:
        hosts = shown(group.hosts)
        yield RULE.finding(
            f"nginx looks {hosts} up once, when it starts, and keeps the address",
            _evidence(group),
            _places(group),
            group.refusal or _remedy(stack, plan, group),
        )


def _literal(stack: Stack) -> list[list[Upstream]]:
    """Return the names that are looked up at start: by host and port, or by `upstream` block."""
    found: dict[object, list[Upstream]] = {}
    for one in stack.upstreams:
        if not _is_literal(stack, one):
            continue
        is_server = one.placed.name == "server"
        block = (one.placed.tree.source.path, one.placed.route[:-1])
        found.setdefault(block if is_server else (one.host.lower(), one.port), []).append(one)
    return list(found.values())


def _is_literal(stack: Stack, upstream: Upstream) -> bool:
    nginx, placed = upstream.nginx, upstream.placed
    target = stack.service_at(upstream)
    if target is None or target is nginx.service or upstream.at_run_time:
        return False
    if is_run_time(placed.args[0], placed.scope, nginx.environment):
        return False
    owner = network_owner(stack.project, nginx.service) if nginx.service else None
    if owner is None:
        return nginx.service is None
    is_own = upstream.host.lower() in own_hosts(owner)
    return not is_own and is_answered(stack.project, owner, upstream.host)


def _group(stack: Stack, uses: list[Upstream], variables: Variables) -> _Group:
    edits: list[Edit] = []
    lookups = (*uses, *_followers(stack, uses[0]))
    for one in uses:
        try:
            _require_no_envsubst(stack, one)
            is_block = one.placed.name == "server"
            edits += resolve_edits(stack, uses) if is_block else run_time_edits(one, variables)
        except CannotEdit as error:
            return _Group(tuple(uses), lookups, (), NoFix(_at(one, error), _by_hand(one)))
    return _Group(tuple(uses), lookups, tuple(edits), None)


def _followers(stack: Stack, literal: Upstream) -> list[Upstream]:
    """Return the passes through a variable that nginx takes for a literal one, as long as it is."""
    name = (literal.host.lower(), literal.port)
    if literal.placed.name == "server":
        return []
    return [
        one
        for one in stack.upstreams
        if (one.host.lower(), one.port) == name
        and not one.at_run_time
        and is_run_time(one.placed.args[0], one.placed.scope, one.nginx.environment)
    ]


def _at(upstream: Upstream, error: CannotEdit) -> str:
    place = upstream.placed.location
    return f"{error.reason} ({place.path}:{place.line})"


def _by_hand(upstream: Upstream) -> str:
    if upstream.placed.name == "server":
        return "with an image such as `nginx:1.28`, add `resolve` to the server and a `zone`"
    return by_hand(upstream.placed)


def _require_no_envsubst(stack: Stack, upstream: Upstream) -> None:
    """Refuse where a command replaces variables of any name, when the container starts."""
    service = upstream.nginx.service
    words = stack.facts[service.name].words if service is not None else ()
    if any("envsubst" in word for word in words):
        raise CannotEdit("`envsubst` in its command may replace the variable")


def _evidence(group: _Group) -> str:
    more = len(_places(group)) - 1
    also = f" and {more} more like it" if more else ""
    return f"`{group.uses[0].placed.head}`{also}; a recreated container has a new address"


def _places(group: _Group) -> tuple[Location, ...]:
    return tuple({one.placed.key: one.placed.location for one in group.uses}.values())


def _remedy(stack: Stack, plan: ResolverPlan, group: _Group) -> Fix | NoFix:
    try:
        brought = resolver_edits(stack, plan, group.lookups)
    except CannotEdit as error:
        return NoFix(error.reason, f"make `{written(stack.settings)}` the one in effect")
    edits = joined([*group.edits, *brought])
    also = ", and add a `resolver` with Docker's DNS" if brought else ""
    paths = dict.fromkeys(edit.path for edit in edits)
    after = "; ".join(dict.fromkeys(next_up(group.uses, path) for path in paths))
    how = "with `resolve`" if group.is_block else "through a variable"
    title = f"look {shown(group.hosts)} up at run time, {how}{also}"
    return Fix(title, edits, after, Safety.UNSAFE, _why(stack, group))


def _why(stack: Stack, group: _Group) -> str:
    kept = f"{stack.settings.resolver_valid} s"
    parts = [f"a lookup that fails ends its request with 502, and an address is kept for {kept}"]
    if group.is_block:
        parts.append("the block is empty until its first lookup is answered")
    else:
        parts.append("`max_fails` no longer holds from one request to the next")
    if any(_loses_redirects(one) for one in group.uses):
        parts.append(f"redirects that name {shown(group.hosts)} itself are no longer rewritten")
    if any(one.nginx.service is None for one in group.uses):
        parts.append("which container reads the file is not known")
    return "; ".join(parts)


def _loses_redirects(upstream: Upstream) -> bool:
    """Whether nginx rewrote redirects by default, though the backend has no cause to send any."""
    placed = upstream.placed
    return rewrites_redirects(placed) and has_own_host(placed.scope)


RULE = Rule.of(__name__, __doc__, Severity.WARNING, Fixable.SOMETIMES, check, default=False)
