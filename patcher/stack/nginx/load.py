"""Find a service's nginx files, where the container sees them, and expand their includes.

Sources: https://nginx.org/en/docs/ngx_core_module.html#include (paths are relative to the main
file's directory).
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from typing import Final

from patcher.errors import LimitError, UserError
from patcher.lang.nginx import MAX_DEPTH, parse
from patcher.lang.nginx_tree import Directive, Tree, labelled
from patcher.stack.facts import Facts
from patcher.stack.files import Files
from patcher.stack.nginx.bundled import (
    KNOWN_FILES,
    KNOWN_FOLDERS,
    MAIN_FILES,
    http_includes,
    main_files,
    unread_main,
)
from patcher.stack.nginx.embedded import Embedded
from patcher.stack.nginx.files import NginxFiles
from patcher.stack.nginx.scopes import Nginx, Piece, Placed, Scope
from patcher.stack.nginx.written import written
from patcher.stack.problem import Problems
from patcher.stack.start.container import project_as_root
from patcher.text import Route, Source

MAX_INCLUDES: Final = 1000
"""The most files that one configuration may include, each time counted."""

MAX_DIRECTIVES: Final = 200_000
"""The most directives of one configuration, those of a file counted each time it is included."""

MAX_PATTERNS: Final = 200
"""The most different patterns with wildcards that one configuration may include."""

_MAX_INCLUDE_DEPTH: Final = 10
_TODO: Final = "include less"


def load_nginx(facts: Facts) -> Nginx | None:
    """Return the configuration that a service's nginx reads; None where the project holds none."""
    volumes = facts.service.volume_targets
    files = NginxFiles(facts.container, facts.problems, written(facts), volumes)
    path = next((one for one in main_files(facts.words) if files.read(one)), None)
    loader = _Loader(files, facts.problems, posixpath.dirname(path or MAIN_FILES[0]))
    outermost = Scope("main", (), None)
    if path is not None:
        loader.include(outermost, (path,))
    else:
        http = Scope("http", (), outermost)
        outermost.children.append(http)
        loader.include(http, http_includes(facts))
        http.unread += unread_main(facts, files)
    for scope in outermost.children:
        scope.unread += files.written.elsewhere
    return Nginx(facts.service, outermost, facts.environment) if loader.found else None


def load_named(path: str, files: Files, problems: Problems) -> Nginx | None:
    """Return the configuration in a file given by name, a main file or an http fragment.

    Relative includes are looked for beside it, absolute ones are taken as not in the project.
    """
    found = problems.attempt(lambda: _named(path, files))
    tree = None if found is None else problems.attempt(lambda: parse(found))
    if tree is None:
        return None
    loader = _Loader(
        NginxFiles(project_as_root(files), problems), problems, f"/{posixpath.dirname(path)}"
    )
    outermost = Scope("main", (), None)
    scope = outermost
    if tree.context != "main":
        scope = Scope("http", (), outermost)
        outermost.children.append(scope)
    loader.add_file(scope, tree)
    return Nginx(None, outermost)


def _named(path: str, files: Files) -> Source:
    source = files.read(path)
    if source is None:
        raise UserError("no such file", todo="check the name given", path=path)
    return source


class _Loader:
    def __init__(self, files: NginxFiles, problems: Problems, prefix: str) -> None:
        self._files = files
        self._problems = problems
        self._prefix = prefix
        self._open: list[str] = []
        self._depth = 0
        self._included = 0
        self._directives = 0
        self._matches: dict[str, list[str]] = {}
        self.found = False

    def include(self, scope: Scope, patterns: Sequence[str]) -> None:
        """Add the files that the patterns match to a scope."""
        for pattern in patterns:
            absolute = posixpath.normpath(posixpath.join(self._prefix, pattern))
            paths = self._matching(absolute)
            read = [path for path in paths if self._include_file(scope, path)]
            if len(read) < len(paths) or not self._is_known(absolute, paths):
                scope.unread.append(f"`include {pattern}`")

    def _matching(self, pattern: str) -> list[str]:
        if not any(char in pattern for char in "*?["):
            return [pattern]
        if pattern not in self._matches:
            if len(self._matches) >= MAX_PATTERNS:
                raise LimitError(f"nginx includes more than {MAX_PATTERNS} patterns", todo=_TODO)
            self._matches[pattern] = self._files.matches(pattern)
        return self._matches[pattern]

    def _include_file(self, scope: Scope, path: str) -> bool:
        """Add one file to a scope; False where what it holds is not known."""
        if path in self._open or len(self._open) >= _MAX_INCLUDE_DEPTH:
            return True
        if writer := self._files.writer(path):
            scope.unread.append(f"what {writer} writes to `{path}`")
        source = self._files.read(path)
        if source is None:
            return writer is not None or posixpath.basename(path) in KNOWN_FILES
        self._included += 1
        if self._included > MAX_INCLUDES:
            message = f"nginx has more than {MAX_INCLUDES} includes, at {source.path}"
            raise LimitError(message, todo=_TODO)
        if isinstance(source, Embedded):
            return self._add_embedded(scope, source, path)
        tree = self._problems.attempt(lambda: parse(source))
        if tree is None:
            return False
        self._add_included(scope, tree, path)
        return True

    def _add_embedded(self, scope: Scope, source: Embedded, path: str) -> bool:
        """Add a text of another file; one with the shell's own variables may well be no nginx."""
        try:
            tree = parse(source)
        except UserError:
            what = ", with a `resolver`" if "resolver" in source.text else ""
            scope.unread.append(f"{source.holder}{what}")
        else:
            self._add_included(scope, tree, path)
        return True

    def _add_included(self, scope: Scope, tree: Tree, path: str) -> None:
        self._open.append(path)
        self.add_file(scope, tree)
        self._open.pop()

    def _give_up(self, source: Source, message: str) -> None:
        todo = "include less; what lies beyond is not looked at"
        self._problems.add(UserError(message, todo=todo, path=source.path))

    def _is_known(self, pattern: str, paths: Sequence[str]) -> bool:
        """Whether a pattern matches nothing that matters beyond these files of the project."""
        if paths == [pattern]:
            return True
        folder = posixpath.dirname(pattern)
        is_here = bool(paths) or self._files.has_names(folder) or folder in KNOWN_FOLDERS
        return is_here and not self._files.is_outside(folder)

    def add_file(self, scope: Scope, tree: Tree) -> None:
        """Add a file's directives to a scope."""
        self.found = True
        scope.pieces.append(Piece(tree, ()))
        self._add(scope, tree, (), tree.directives)

    def _add(
        self, scope: Scope, tree: Tree, route: Route, directives: tuple[Directive, ...]
    ) -> None:
        self._directives += len(directives)
        if self._directives > MAX_DIRECTIVES:
            message = f"nginx reads more than {MAX_DIRECTIVES:,} directives"
            raise LimitError(message, todo=_TODO)
        for label, directive in labelled(directives):
            placed = Placed(tree, (*route, label), directive, scope)
            scope.add(placed)
            if "$" in placed.name:
                scope.unread.append(f"what stands for `{placed.name}`")
            if directive.name.value == "include" and directive.args:
                self.include(scope, (directive.args[0].value,))
            if directive.block is not None:
                self._add_block(placed, directive.block.directives)

    def _add_block(self, placed: Placed, directives: tuple[Directive, ...]) -> None:
        if self._depth >= MAX_DEPTH:
            message = f"blocks nest more than {MAX_DEPTH} deep through includes"
            self._give_up(placed.tree.source, message)
            return
        child = Scope(placed.name, placed.args, placed.scope)
        child.pieces.append(Piece(placed.tree, placed.route))
        placed.scope.children.append(child)
        self._depth += 1
        self._add(child, placed.tree, placed.route, directives)
        self._depth -= 1
