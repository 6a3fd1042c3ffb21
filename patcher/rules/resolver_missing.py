"""nginx is told to look a name up at run time, and has no resolver to do it with.

## What it finds

A `proxy_pass` (or another pass directive) whose host comes from a variable, or an upstream
`server … resolve`, with no `resolver` in effect.

## Why it matters

A host in a variable is looked up for each request through `resolver`. Without one nginx answers
every such request with 502 and logs `no resolver defined to resolve backend`; a `server … resolve`
keeps it from starting.

## What the fix does on the next `up`

It adds `resolver 127.0.0.11 valid=60s ipv6=off;` and `resolver_timeout 10s;` to the nearest
context that serves all such lookups: their `server`, or `http`. Compose does not recreate a
container because a mounted file changed: restart the nginx service.

## Fix safety

Safe: requests that failed are answered. A `resolver` in `http` also serves OCSP stapling, which
Docker's DNS forwards to the host's servers.

## References

- https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass
- https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver
"""

from __future__ import annotations

from collections.abc import Iterator

from patcher.finding import Finding, Fix, Fixable, NoFix, Severity
from patcher.lang.edit_error import CannotEdit
from patcher.lang.nginx_edit import add_directives
from patcher.rules.base import Rule
from patcher.stack.nginx import Nginx, Piece, Scope, common_scope
from patcher.stack.resolvers import next_up, run_time_lookups, shown
from patcher.stack.stack import Stack
from patcher.stack.upstreams import Upstream

_CONTEXTS = ("server", "http", "main")


def check(stack: Stack) -> Iterator[Finding]:
    """Yield one finding for each nginx that looks names up without a resolver."""
    for nginx in stack.nginx:
        lost = [
            one
            for one in run_time_lookups(stack)
            if one.nginx is nginx and one.placed.scope.inherited("resolver") is None
        ]
        if lost:
            yield _finding(stack, nginx, lost)


def _finding(stack: Stack, nginx: Nginx, lost: list[Upstream]) -> Finding:
    hosts = list(dict.fromkeys(one.host for one in lost))
    return RULE.finding(
        "nginx looks names up at run time and has no resolver",
        f"`{lost[0].placed.head}` leads to {shown(hosts)}, and no `resolver` is in effect",
        tuple(one.placed.location for one in lost),
        _remedy(stack, nginx, lost),
    )


def _remedy(stack: Stack, nginx: Nginx, lost: list[Upstream]) -> Fix | NoFix:
    settings = stack.settings
    statements = [
        ("resolver", [settings.resolver, f"valid={settings.resolver_valid}s", "ipv6=off"]),
        ("resolver_timeout", [f"{settings.resolver_timeout}s"]),
    ]
    by_hand = " ".join(f"{name} {' '.join(args)};" for name, args in statements)
    if nginx.service is not None and nginx.service.network_mode is not None:
        mode = nginx.service.network_mode
        reason = f"with `network_mode: {mode}` there is no Docker DNS to ask"
        return NoFix(reason, "add a `resolver` with a server that knows these names")
    scope = _context(lost)
    piece = _piece(scope, lost)
    if piece is None:
        return NoFix("the project does not hold the block that serves all lookups", by_hand)
    if scope.inherited("resolver_timeout") is not None:
        statements.pop()
    try:
        edits = add_directives(piece.tree, piece.route, statements)
    except CannotEdit as error:
        return NoFix(error.reason, f"add {by_hand}")
    title = f"look names up at Docker's DNS, set in `{scope.kind}`"
    return Fix(title, edits, next_up(lost[0]))


def _context(lost: list[Upstream]) -> Scope:
    """Return the innermost server or outer scope that holds all lookups."""
    common = common_scope([one.placed.scope for one in lost])
    return next(scope for scope in common.chain() if scope.kind in _CONTEXTS)


def _piece(scope: Scope, lost: list[Upstream]) -> Piece | None:
    """Return where to write in a scope: its block, or else the first file that looks names up."""
    if scope.kind == "main":
        return None
    blocks = [piece for piece in scope.pieces if piece.route]
    if blocks:
        return blocks[0]
    paths = {one.placed.tree.source.path for one in lost}
    own = (piece for piece in scope.pieces if piece.tree.source.path in paths)
    return next(own, None)


RULE = Rule.of(__name__, __doc__, Severity.ERROR, Fixable.SOMETIMES, check)
