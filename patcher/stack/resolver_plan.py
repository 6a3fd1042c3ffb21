"""Where a missing `resolver` goes: the nearest text that serves the lookups and may be changed.

A file may be read by several nginx services, or in several scopes. A second `resolver` in one
scope stops nginx (`"resolver" directive is duplicate`), so a place counts only if it takes the
directive wherever its file is read, and gets it once however many findings ask for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field
from typing import Final

from patcher.records import dataclass
from patcher.stack.nginx.scopes import Nginx, Piece, Scope, can_take, common_scope, occurrences
from patcher.stack.nginx.upstreams import Upstream

_CONTEXTS: Final = ("server", "http", "stream", "main")


@dataclass(frozen=True)
class ResolverPlan:
    """The places chosen so far, for all nginx of a stack."""

    configurations: Sequence[Nginx]
    _chosen: dict[int, tuple[Scope, Piece]] = field(default_factory=dict)

    def serve(self, lookups: Sequence[Upstream]) -> None:
        """Choose places for lookups, all of one nginx: one for all of them, or their servers."""
        left = [one for one in lookups if self.place_for(one) is None]
        if left and not self._choose(_context(left), left):
            for one in left:
                if self.place_for(one) is None:
                    self._choose(_context([one]), [one])

    def place_for(self, lookup: Upstream) -> tuple[Scope, Piece] | None:
        """Return the scope and text that get the resolver for a lookup; None where none can."""
        chosen = (self._chosen.get(id(scope)) for scope in lookup.placed.scope.chain())
        return next(filter(None, chosen), None)

    def _choose(self, scope: Scope, lookups: Sequence[Upstream]) -> bool:
        for piece in _pieces(scope, lookups):
            around = occurrences(self.configurations, piece)
            is_planned = any(id(one) in self._chosen for one in around)
            if not is_planned and can_take(self.configurations, piece, "resolver"):
                self._chosen.update({id(one): (one, piece) for one in around})
                return True
        return False


def _context(lookups: Sequence[Upstream]) -> Scope:
    """Return the innermost server or outer scope that holds all lookups."""
    common = common_scope([one.placed.scope for one in lookups])
    return next(scope for scope in common.chain() if scope.kind in _CONTEXTS)


def _pieces(scope: Scope, lookups: Sequence[Upstream]) -> Iterator[Piece]:
    """Yield the texts of a scope: its block, or else the files that lead to the lookups."""
    if any(piece.route for piece in scope.pieces):
        yield from (piece for piece in scope.pieces if piece.route)
        return
    paths = {
        piece.tree.source.path
        for one in lookups
        for inner in one.placed.scope.chain()
        if scope in inner.chain()
        for piece in inner.pieces
        if piece.route
    }
    yield from (piece for piece in scope.pieces if piece.tree.source.path in paths)
