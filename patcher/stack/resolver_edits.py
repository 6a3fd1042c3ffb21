"""The resolver that names need which are to be looked up at run time: in effect, or to be added."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from patcher.lang.edit_error import CannotEdit
from patcher.lang.nginx_edit import Statement, add_directives
from patcher.patterns import regex
from patcher.stack.nginx.scopes import Nginx, Piece, Scope, can_take
from patcher.stack.nginx.upstreams import Upstream
from patcher.stack.resolver_plan import ResolverPlan
from patcher.stack.resolver_valid import DOCKER_TTL, is_kept_well
from patcher.stack.resolvers import Resolver, is_docker, run_time_lookups, seconds, unread_around
from patcher.stack.settings import Settings
from patcher.stack.stack import Stack
from patcher.text import Edit

# an included file of this name is there to set one
_SETS_RESOLVER: Final = regex(r"(?i)resolver|dns")


def plan_for(stack: Stack, lookups: Iterable[Upstream]) -> ResolverPlan:
    """Return the places of the resolvers that `lookups`, of any nginx, still need."""
    plan = ResolverPlan(stack.nginx)
    needy = [one for one in lookups if one.placed.scope.inherited("resolver") is None]
    for nginx in stack.nginx:
        plan.serve([one for one in needy if one.nginx is nginx])
    return plan


def resolver_edits(stack: Stack, plan: ResolverPlan, lookups: Sequence[Upstream]) -> list[Edit]:
    """Return the edits that bring `lookups` their resolver; none where one is in effect.

    Raises CannotEdit where the one in effect would fail, or none can be added for certain.
    """
    pieces: dict[object, Piece] = {}
    for one in lookups:
        if one.placed.scope.inherited("resolver") is not None:
            _require_good(stack.settings, one)
            continue
        _require_first(stack, one.nginx)
        if may_be_set_elsewhere(one.placed.scope):
            raise CannotEdit("an included file that is not in the project may set a `resolver`")
        place = plan.place_for(one)
        if place is None:
            raise CannotEdit("a file that is read elsewhere, too, would have to hold a `resolver`")
        pieces[place[1].key] = place[1]
    return [edit for piece in pieces.values() for edit in added(stack, piece)]


def may_be_set_elsewhere(scope: Scope) -> bool:
    """Tell whether a file that is not in the project is included and named like a resolver's."""
    return any(map(_SETS_RESOLVER.search, unread_around(scope)))


def statements(settings: Settings) -> list[Statement]:
    """Return the resolver of the settings and its time limit as directives."""
    return [
        ("resolver", [settings.resolver, f"valid={settings.resolver_valid}s", "ipv6=off"]),
        ("resolver_timeout", [f"{settings.resolver_timeout}s"]),
    ]


def written(settings: Settings) -> str:
    """Return the same as one line of text."""
    return " ".join(f"{name} {' '.join(args)};" for name, args in statements(settings))


def added(stack: Stack, piece: Piece) -> tuple[Edit, ...]:
    """Return the edits that put both directives into a piece, or what of them it can take.

    Raises CannotEdit.
    """
    found = statements(stack.settings)
    if not can_take(stack.nginx, piece, "resolver_timeout"):
        found.pop()
    return add_directives(piece.tree, piece.route, found)


def _require_first(stack: Stack, nginx: Nginx) -> None:
    """Leave the place to `resolver-missing` where that has to add a resolver, too."""
    for one in run_time_lookups(stack):
        if one.nginx is nginx and one.placed.scope.inherited("resolver") is None:
            raise CannotEdit("other names lack a `resolver` first (resolver-missing)")


def _require_good(settings: Settings, lookup: Upstream) -> None:
    """Raise CannotEdit where the resolver in effect is one that the resolver rules would change."""
    scope = lookup.placed.scope
    placed = scope.inherited("resolver")
    if placed is None:
        return
    resolver = Resolver(placed, (lookup,))
    if not all(is_docker(one) or one == settings.resolver for one in resolver.servers):
        raise CannotEdit(f"`{placed.head}` asks servers that do not know the service")
    least, most = settings.resolver_valid, max(DOCKER_TTL, settings.resolver_valid)
    if not is_kept_well(resolver, least):
        raise CannotEdit(f"`{placed.head}` does not keep answers for {least} to {most} s")
    if not _is_limited(scope, settings):
        raise CannotEdit(f"`{placed.head}` has no fitting `resolver_timeout` beside it")


def _is_limited(scope: Scope, settings: Settings) -> bool:
    limit = scope.inherited("resolver_timeout")
    time = seconds(limit.args[0]) if limit is not None and limit.args else None
    return time is not None and time >= settings.resolver_timeout
