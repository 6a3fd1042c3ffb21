"""Views of an nginx configuration: scopes with their includes expanded, and what is inherited.

Directives such as `resolver` are inherited from the enclosing block where it has none of its own:
https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from patcher.finding import Location
from patcher.lang.nginx_tree import Directive, Tree
from patcher.stack.compose import Service
from patcher.text import Route, Span


@dataclass(frozen=True, eq=False, slots=True)
class Placed:
    """A directive with its place: file, route of labels, and the scope that it stands in."""

    tree: Tree
    route: Route
    directive: Directive
    scope: Scope

    @property
    def name(self) -> str:
        """The directive's name."""
        return self.directive.name.value

    @property
    def args(self) -> tuple[str, ...]:
        """The values of the arguments."""
        return self.directive.values

    @property
    def key(self) -> tuple[str, Route]:
        """What tells this directive from all others, however often its file is included."""
        return self.tree.source.path, self.route

    @property
    def head(self) -> str:
        """The directive as written, without a block's body, in one line."""
        last = self.directive.args[-1] if self.directive.args else self.directive.name
        text = self.tree.source.at(Span(self.directive.span.start, last.span.end))
        return " ".join(text.split())

    @property
    def location(self) -> Location:
        """The place of the directive's name and arguments."""
        last = self.directive.args[-1] if self.directive.args else self.directive.name
        span = Span(self.directive.span.start, last.span.end)
        return Location.of(self.tree.source, span, self.route)


@dataclass(frozen=True, slots=True)
class Piece:
    """Where a scope's directives are written: a block of a file, or a whole file (`()`)."""

    tree: Tree
    route: Route


@dataclass(eq=False, slots=True)
class Scope:
    """One block as nginx sees it: its own text and that of the files it includes.

    `kind` is the block's name, "main" for the outermost; `pieces` may be empty for a block that
    only the image's own files write.
    """

    kind: str
    args: tuple[str, ...]
    parent: Scope | None
    pieces: list[Piece] = field(default_factory=list)
    directives: list[Placed] = field(default_factory=list)
    children: list[Scope] = field(default_factory=list)

    def own(self, name: str) -> Placed | None:
        """Return this scope's own directive `name`, the last where there are several."""
        return next((one for one in reversed(self.directives) if one.name == name), None)

    def inherited(self, name: str) -> Placed | None:
        """Return the directive `name` in effect here: own, or of the nearest enclosing scope."""
        scope: Scope | None = self
        while scope is not None:
            if (found := scope.own(name)) is not None:
                return found
            scope = scope.parent
        return None

    def chain(self) -> Iterator[Scope]:
        """Yield this scope and those around it, the innermost first."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent

    def walk(self) -> Iterator[Scope]:
        """Yield this scope and all within it."""
        stack = [self]
        while stack:
            scope = stack.pop()
            yield scope
            stack += reversed(scope.children)


@dataclass(frozen=True, eq=False)
class Nginx:
    """One nginx: the service that runs it (None for a file given by name) and its main scope."""

    service: Service | None
    main: Scope

    def trees(self) -> Iterator[Tree]:
        """Yield every file of the configuration that the repository holds."""
        for scope in self.main.walk():
            for piece in scope.pieces:
                if not piece.route:
                    yield piece.tree


def common_scope(scopes: list[Scope]) -> Scope:
    """Return the innermost scope that holds all of `scopes`, which must be of one nginx."""
    chains = [list(scope.chain()) for scope in scopes]
    shared = set(map(id, chains[0])).intersection(*(set(map(id, chain)) for chain in chains))
    return next(scope for scope in chains[0] if id(scope) in shared)
