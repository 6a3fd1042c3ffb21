"""Views of an nginx configuration: scopes with their includes expanded, and what is inherited.

Directives such as `resolver` are inherited from the enclosing block where it has none of its own:
https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from typing import Final

from patcher.finding import Location
from patcher.lang.nginx_crossplane import allowed_in
from patcher.lang.nginx_tree import Directive, Tree
from patcher.records import dataclass
from patcher.stack.compose.service import Service
from patcher.stack.nginx.embedded import Embedded
from patcher.text import Route, Span

# Docker's default bridge has no embedded DNS (https://docs.docker.com/engine/network/#dns-services)
_NO_DOCKER_DNS: Final = frozenset({"host", "none", "bridge", "default"})


def file_key(tree: Tree) -> str:
    """Return what tells a text from all others: several may be embedded in one file."""
    source = tree.source
    return f"{source.path}\0{source.target}" if isinstance(source, Embedded) else source.path


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
        return file_key(self.tree), self.route

    @property
    def head(self) -> str:
        """The directive as written, without comments and a block's body, in one line."""
        words = (self.directive.name, *self.directive.args)
        return " ".join(" ".join(word.raw.split()) for word in words)

    @property
    def location(self) -> Location:
        """The place of the directive's name and arguments."""
        last = self.directive.args[-1] if self.directive.args else self.directive.name
        span = Span(self.directive.span.start, last.span.end)
        source = self.tree.source
        inside = (source.target,) if isinstance(source, Embedded) else ()
        return Location.of(source, span, (*inside, *self.route))


@dataclass(frozen=True, slots=True)
class Piece:
    """Where a scope's directives are written: a block of a file, or a whole file (`()`)."""

    tree: Tree
    route: Route

    @property
    def key(self) -> tuple[str, Route]:
        """What tells this text from all others, however often its file is included."""
        return file_key(self.tree), self.route


@dataclass(eq=False, slots=True)
class Scope:
    """One block as nginx sees it: its own text and that of the files it includes.

    `kind` is the block's name, "main" for the outermost; `pieces` may be empty for a block that
    only the image's own files write. `unread` names what belongs to the block and is not in the
    project: files it includes, or the main file.
    """

    kind: str
    args: tuple[str, ...]
    parent: Scope | None
    pieces: list[Piece] = field(default_factory=list)
    directives: list[Placed] = field(default_factory=list)
    children: list[Scope] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    _last: dict[str, Placed] = field(default_factory=dict, repr=False)

    def add(self, placed: Placed) -> None:
        """Take up one more directive, the last so far."""
        self.directives.append(placed)
        self._last[placed.name] = placed

    @property
    def context(self) -> tuple[str, ...]:
        """The names of the blocks from the main context inwards; `()` is the main context."""
        return tuple(reversed([scope.kind for scope in self.chain() if scope.parent is not None]))

    def own(self, name: str) -> Placed | None:
        """Return this scope's own directive `name`, the last where there are several."""
        return self._last.get(name)

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
    """One nginx: the service that runs it (None for a file given by name) and its main scope.

    `environment` is the container's: what the official image puts into templates. `network_mode`
    is that of the container whose network it uses: its own, or the one that `service:` names.
    """

    service: Service | None
    main: Scope
    environment: Mapping[str, str | None] = field(default_factory=dict)
    network_mode: str | None = None

    @property
    def has_docker_dns(self) -> bool:
        """Whether Docker's embedded DNS answers inside the container, as far as is known."""
        mode = self.network_mode or ""
        return mode not in _NO_DOCKER_DNS and not mode.startswith("container:")

    def trees(self) -> Iterator[Tree]:
        """Yield every file of the configuration that the repository holds."""
        for scope in self.main.walk():
            for piece in scope.pieces:
                if not piece.route:
                    yield piece.tree


def occurrences(configurations: Iterable[Nginx], piece: Piece) -> list[Scope]:
    """Return every scope of every nginx that the text of `piece` is part of, each time it is."""
    return [
        scope
        for nginx in configurations
        for scope in nginx.main.walk()
        for one in scope.pieces
        if one.key == piece.key
    ]


def can_take(configurations: Iterable[Nginx], piece: Piece, name: str) -> bool:
    """Tell whether the directive `name` may be added to `piece`, for every nginx that reads it.

    It may where it is legal, and set neither there nor around it: a second one in the same scope
    stops nginx, one further in takes the place of the outer one. Embedded texts take nothing.
    """
    if isinstance(piece.tree.source, Embedded):
        return False
    scopes = occurrences(configurations, piece)
    once = len({id(scope) for scope in scopes}) == len(scopes)
    return once and all(
        _is_allowed(name, scope) and scope.inherited(name) is None for scope in scopes
    )


def _is_allowed(name: str, scope: Scope) -> bool:
    # crossplane knows `resolver` in `upstream`, and not yet the time limit that goes with it
    table = "resolver" if name == "resolver_timeout" else name
    return allowed_in(table, scope.context)


def common_scope(scopes: list[Scope]) -> Scope:
    """Return the innermost scope that holds all of `scopes`, which must be of one nginx."""
    chains = [list(scope.chain()) for scope in scopes]
    shared = set(map(id, chains[0])).intersection(*(set(map(id, chain)) for chain in chains))
    return next(scope for scope in chains[0] if id(scope) in shared)
