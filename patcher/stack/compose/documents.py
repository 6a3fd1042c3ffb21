"""The documents of compose files, in the order in which Compose merges them, `include` followed.

Source: https://docs.docker.com/reference/compose-file/include/
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from typing import Any, Final

from patcher.errors import LimitError, UserError
from patcher.lang.yaml import parse
from patcher.lang.yaml_build import MAX_SIZE
from patcher.lang.yaml_nodes import Entry, Node, Tree, target
from patcher.lang.yaml_nodes import Mapping as YamlMapping
from patcher.lang.yaml_scalars import Tagged
from patcher.patterns import regex
from patcher.records import dataclass
from patcher.stack.compose.dotenv import parse_env
from patcher.stack.compose.short_forms import items
from patcher.stack.compose.values import Part, Value, mapping_of
from patcher.stack.files import Files, join
from patcher.stack.problem import Problems
from patcher.text import Route

MAX_INCLUDES: Final = 100
"""The most compose files that a project may include, each time counted."""
_SERVICE: Final = regex(r"[a-zA-Z0-9._-]+")


@dataclass(frozen=True, eq=False)
class Document:
    """One document of one compose file: its top-level mapping, and how it is to be read.

    `base` is the directory that its paths start at, `variables` what `${NAME}` stands for in it.
    `included` tells a document that comes in through `include`.
    """

    tree: Tree
    root: YamlMapping
    route: Route
    base: str
    variables: Mapping[str, str] = field(repr=False)
    included: bool = False

    def section(self, key: str) -> Value | None:
        """Return the top-level value of `key`, null included."""
        entry = self.root.resolved.get(key)
        return None if entry is None else self.value(self.root, entry, (*self.route, key))

    def value(self, mapping: YamlMapping, entry: Entry, route: Route) -> Value:
        """Return a value of the document with its place."""
        return Value(self.tree, mapping, entry, route, self.base, self.variables)

    def part(self, services: YamlMapping, entry: Entry, mapping: YamlMapping) -> Part:
        """Return the definition of a service in the document."""
        route = (*self.route, "services", entry.name)
        return Part(self.tree, services, entry, mapping, route, self.base, self.variables)


class Reader:
    """Reads compose files; what cannot be read or understood is noted in `problems`."""

    def __init__(self, files: Files, problems: Problems) -> None:
        self._files = files
        self._problems = problems
        self._open: list[str] = []
        self._included = 0
        self._size = 0

    def read(self, path: str, base: str, variables: Mapping[str, str]) -> list[Document]:
        """Return the documents of a file, those that it includes first."""
        documents = self.documents(path, base, variables)
        self._open.append(path)
        included = [found for document in documents for found in self._include(document)]
        self._open.pop()
        return [*included, *documents]

    def documents(self, path: str, base: str, variables: Mapping[str, str]) -> list[Document]:
        """Return the documents of the file itself."""
        tree = self._problems.attempt(lambda: self._parse(path))
        if tree is None:
            return []
        self._size += sum(node.size for node in tree.documents if node is not None)
        if self._size > MAX_SIZE:
            message = f"the compose files hold more than {MAX_SIZE:,} nodes, aliases expanded"
            raise LimitError(message, todo="give a smaller project with -f")
        return list(self._documents(tree, base, variables))

    def _parse(self, path: str) -> Tree:
        source = self._files.read(path)
        if source is None:
            raise UserError("no such file", todo="check the name given", path=path)
        return parse(source)

    def _documents(self, tree: Tree, base: str, variables: Mapping[str, str]) -> Iterator[Document]:
        single = len(tree.documents) == 1
        if not tree.documents:
            self._problem(tree, None, "the file has no services", "is it a compose file?")
        for index, node in enumerate(tree.documents):
            if node is None or node.size == 1:
                self._problem(tree, node, "the file has no services", "is it a compose file?")
                continue
            root = mapping_of(node)
            if root is None:
                self._problem(tree, node, "the top level must be a mapping", "see `services:`")
                continue
            yield Document(tree, root, () if single else (index,), base, variables)

    def _include(self, document: Document) -> Iterator[Document]:
        for include in _includes(document):
            variables = self._env(include.env_files, document.variables)
            for path in include.paths:
                if path in self._open:
                    section = document.root.resolved["include"]
                    message = f"{path} includes itself, which Compose refuses"
                    self._problem(document.tree, section.key, message, "take one include away")
                    continue
                self._included += 1
                if self._included > MAX_INCLUDES:
                    message = f"more than {MAX_INCLUDES} compose files are included"
                    raise LimitError(message, todo="include less")
                found = self.read(path, include.base, variables)
                yield from (replace(one, included=True) for one in found)

    def _env(self, paths: tuple[str, ...], outer: Mapping[str, str]) -> dict[str, str]:
        """Return the variables of an included file: those outside win over its own."""
        found: dict[str, str] = {}
        for path in paths:
            source = self._problems.attempt(lambda path=path: self._files.read(path))  # type: ignore[misc]
            found |= parse_env(source.text, outer, found) if source else {}
        return {**found, **outer}

    def parts(self, document: Document) -> Iterator[Part]:
        """Yield a document's service definitions; those that only take one away are none."""
        section = document.section("services")
        services = mapping_of(section.entry.value) if section else None
        if section is None or services is None:
            if section is not None and not isinstance(section.plain, Tagged | type(None)):
                node = section.entry.value
                self._problem(document.tree, node, "`services` must be a mapping", "name each one")
            return
        for name, entry in services.resolved.items():
            mapping = mapping_of(entry.value)
            if mapping is not None:
                yield document.part(services, entry, mapping)
            elif target(entry.value).tag != "!reset":
                message = f"service `{name}` must be a mapping"
                self._problem(document.tree, entry.key, message, "give it an image or a build")

    def services(self, document: Document) -> Iterator[Part]:
        """Yield the definitions of a document of the project itself, whose names Compose checks.

        Of a file that only `extends` names it takes any. Source: `patternProperties` of `services`
        in https://github.com/compose-spec/compose-spec/blob/main/schema/compose-spec.json
        """
        for part in self.parts(document):
            if _SERVICE.fullmatch(part.entry.name):
                yield part
            else:
                message = f"`{part.entry.name}` is no service name that Compose takes"
                todo = "use letters, digits, `.`, `_` and `-`"
                self._problem(document.tree, part.entry.key, message, todo)

    def _problem(self, tree: Tree, node: Node | None, message: str, todo: str) -> None:
        line, column = tree.source.line_column(target(node).start if node else 0)
        path = tree.source.path
        self._problems.add(UserError(message, todo=todo, path=path, line=line, column=column))


@dataclass(frozen=True, slots=True)
class _Include:
    """One item of `include:`, its paths relative to the project; those outside are left out."""

    paths: tuple[str, ...]
    base: str
    env_files: tuple[str, ...]


def _includes(document: Document) -> Iterator[_Include]:
    section = document.section("include")
    if section is None:
        return
    for item in items(section):
        options = item if isinstance(item, dict) else {"path": item}
        paths = _paths(section, options.get("path"))
        if not paths:
            continue
        folders = _paths(section, options.get("project_directory"))
        base = folders[0] if folders else posixpath.dirname(paths[0])
        env_files = _paths(section, options.get("env_file"))
        yield _Include(paths, base, env_files or (posixpath.join(base, ".env"),))


def _paths(section: Value, data: Any) -> tuple[str, ...]:
    named = data if isinstance(data, list) else [] if data is None else [data]
    joined = (join(section.base, section.text(name)) for name in named)
    return tuple(path for path in joined if path is not None)
