"""Find a service's nginx files, where the container sees them, and expand their includes."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import pairwise
from typing import Final

from patcher.lang.nginx import parse
from patcher.lang.nginx_tree import Directive, Tree, labelled
from patcher.stack.compose import Service
from patcher.stack.container import ContainerFiles
from patcher.stack.files import Files
from patcher.stack.nginx import Nginx, Piece, Placed, Scope
from patcher.stack.problem import Problems
from patcher.text import Route

_MAX_INCLUDE_DEPTH: Final = 10

# where images look for their main file, and what their own main file includes in `http`
_MAIN_FILES: Final = (
    "/etc/nginx/nginx.conf",
    "/usr/local/openresty/nginx/conf/nginx.conf",
    "/opt/bitnami/nginx/conf/nginx.conf",
)
_HTTP_INCLUDES: Final = (
    "/etc/nginx/conf.d/*.conf",
    "/opt/bitnami/nginx/conf/server_blocks/*.conf",
)
# rendered by the official image's entrypoint into conf.d (https://hub.docker.com/_/nginx)
_TEMPLATES: Final = "/etc/nginx/templates/*.template"


def load_nginx(
    service: Service, words: tuple[str, ...], files: ContainerFiles, problems: Problems
) -> Nginx | None:
    """Return the configuration that a service's nginx reads; None where the project holds none.

    `words` is the command that starts it, for `-c FILE`.
    """
    loader = _Loader(files, problems)
    main = next(filter(None, map(loader.tree, _main_files(words))), None)
    outermost = Scope("main", (), None)
    if main is not None:
        loader.add_file(outermost, main)
        http = [scope for scope in outermost.children if scope.kind == "http"]
    else:
        http = [Scope("http", (), outermost)]
        outermost.children.extend(http)
        loader.include(http[0], _HTTP_INCLUDES)
    for scope in http:
        if main is None or _includes_conf_d(scope):
            loader.include(scope, (_TEMPLATES,))
    return Nginx(service, outermost) if loader.found else None


def load_named(path: str, files: Files, problems: Problems) -> Nginx | None:
    """Return the configuration in a file given by name, a main file or an http fragment."""
    loader = _Loader(ContainerFiles(files, ()), problems)
    source = problems.attempt(lambda: files.read(path))
    tree = None if source is None else problems.attempt(lambda: parse(source))
    if tree is None:
        return None
    outermost = Scope("main", (), None)
    scope = outermost
    if tree.context != "main":
        scope = Scope("http", (), outermost)
        outermost.children.append(scope)
    loader.add_file(scope, tree)
    return Nginx(None, outermost)


def _main_files(words: tuple[str, ...]) -> Iterator[str]:
    for word, following in pairwise(words):
        if word == "-c" and following.startswith("/"):
            yield following
    yield from _MAIN_FILES


def _includes_conf_d(scope: Scope) -> bool:
    patterns = (one.args[0] for one in scope.directives if one.name == "include" and one.args)
    return any(
        fnmatchcase("/etc/nginx/conf.d/default.conf", posixpath.join("/etc/nginx", pattern))
        for pattern in patterns
    )


class _Loader:
    def __init__(self, files: ContainerFiles, problems: Problems) -> None:
        self._files = files
        self._problems = problems
        self._open: list[str] = []
        self.found = False

    def tree(self, path: str) -> Tree | None:
        """Return the parsed file at a container path; a problem or no file gives None."""
        source = self._problems.attempt(lambda: self._files.read(path))
        if source is None:
            return None
        return self._problems.attempt(lambda: parse(source))

    def include(self, scope: Scope, patterns: tuple[str, ...]) -> None:
        """Add the files that the absolute patterns match to a scope."""
        for pattern in patterns:
            for path in self._matches(pattern):
                if path in self._open or len(self._open) >= _MAX_INCLUDE_DEPTH:
                    continue
                if (tree := self.tree(path)) is not None:
                    self._open.append(path)
                    self.add_file(scope, tree)
                    self._open.pop()

    def _matches(self, pattern: str) -> list[str]:
        folder, name = posixpath.split(posixpath.join("/etc/nginx", pattern))
        if not any(char in name for char in "*?["):
            return [posixpath.join(folder, name)]
        names = self._problems.attempt(lambda: self._files.list_dir(folder)) or ()
        return [posixpath.join(folder, one) for one in names if fnmatchcase(one, name)]

    def add_file(self, scope: Scope, tree: Tree) -> None:
        """Add a file's directives to a scope."""
        self.found = True
        scope.pieces.append(Piece(tree, ()))
        self._add(scope, tree, (), tree.directives)

    def _add(
        self, scope: Scope, tree: Tree, route: Route, directives: tuple[Directive, ...]
    ) -> None:
        for label, directive in labelled(directives):
            placed = Placed(tree, (*route, label), directive, scope)
            scope.directives.append(placed)
            if directive.name.value == "include" and directive.args:
                self.include(scope, (directive.args[0].value,))
            if directive.block is not None:
                child = Scope(placed.name, placed.args, scope)
                child.pieces.append(Piece(tree, placed.route))
                scope.children.append(child)
                self._add(child, tree, placed.route, directive.block.directives)
