"""A Compose project put together from its files: overrides, `extends` and `include`.

Source: https://docs.docker.com/reference/compose-file/merge/ and …/include/
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from patcher.errors import UserError
from patcher.lang.yaml import parse
from patcher.lang.yaml_nodes import Mapping as YamlMapping
from patcher.lang.yaml_nodes import Node, Tree, target
from patcher.lang.yaml_scalars import Tagged
from patcher.stack.compose import Service
from patcher.stack.files import Files, join
from patcher.stack.interpolate import interpolate
from patcher.stack.problem import Problems
from patcher.stack.values import Part, Value, mapping_of, untagged
from patcher.text import Route

_MAX_INCLUDES = 50


@dataclass(frozen=True, eq=False)
class Document:
    """One document of one compose file: its top-level mapping, and where its paths start."""

    tree: Tree
    root: YamlMapping
    route: Route
    base: str

    def section(self, key: str) -> Value | None:
        """Return the top-level value of `key`, null included."""
        entry = self.root.resolved.get(key)
        if entry is None:
            return None
        return Value(self.tree, self.root, entry, (*self.route, key), self.base)


@dataclass(frozen=True, eq=False)
class Project:
    """All documents in merge order, weakest first, and the services that they define.

    `documents[0]` is the first file's first document: top-level additions go there.
    """

    documents: tuple[Document, ...]
    services: Mapping[str, Service]
    variables: Mapping[str, str]

    @cached_property
    def name(self) -> str | None:
        """The project name that a file sets with `name:`."""
        for document in reversed(self.documents):
            value = document.section("name")
            if value is not None and isinstance(value.plain, str):
                return interpolate(value.plain, self.variables)
        return None

    def networks(self, name: str) -> list[Value]:
        """Return every top-level definition of the network `name`, weakest first."""
        found = []
        for document in self.documents:
            section = document.section("networks")
            mapping = mapping_of(section.entry.value) if section else None
            if section is None or mapping is None or name not in mapping.resolved:
                continue
            entry = mapping.resolved[name]
            found.append(
                Value(document.tree, mapping, entry, (*section.route, name), document.base)
            )
        return found

    def by_name(self, host: str) -> Service | None:
        """Return the service that Docker's DNS answers `host` with, or None."""
        if host in self.services:
            return self.services[host]
        return next((one for one in self.services.values() if host in one.names), None)


def assemble(
    files: Files, paths: tuple[str, ...], variables: Mapping[str, str], problems: Problems
) -> Project:
    """Read the compose files `paths` (in `-f` order) and what they include.

    Files that cannot be read or understood are noted in `problems` and left out.
    """
    base = posixpath.dirname(paths[0]) if paths else ""
    reader = _Reader(files, variables, problems)
    documents = [document for path in paths for document in reader.read(path, base)]
    parts: dict[str, list[Part]] = {}
    for document in documents:
        for part in reader.parts(document):
            parts.setdefault(str(part.route[-1]), []).extend(reader.with_extended(part))
    services = {name: Service(name, tuple(found), variables) for name, found in parts.items()}
    return Project(tuple(documents), services, variables)


class _Reader:
    def __init__(self, files: Files, variables: Mapping[str, str], problems: Problems) -> None:
        self._files = files
        self._variables = variables
        self._problems = problems
        self._included = 0

    def read(self, path: str, base: str) -> list[Document]:
        """Return the documents of a file, those that it includes first."""
        tree = self._problems.attempt(lambda: self._parse(path))
        if tree is None:
            return []
        documents = list(self._documents(tree, base))
        included = [found for document in documents for found in self._include(document)]
        return [*included, *documents]

    def _parse(self, path: str) -> Tree | None:
        source = self._files.read(path)
        if source is None:
            raise UserError("no such file", todo="check the name given", path=path)
        return parse(source)

    def _documents(self, tree: Tree, base: str) -> Iterator[Document]:
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
            yield Document(tree, root, () if single else (index,), base)

    def _include(self, document: Document) -> Iterator[Document]:
        section = document.section("include")
        items = untagged(section.plain) if section else None
        for item in items if isinstance(items, list) else ():
            options = item if isinstance(item, dict) else {"path": item}
            paths = options.get("path")
            names = paths if isinstance(paths, list) else [paths]
            joined = [
                join(document.base, interpolate(str(name), self._variables)) for name in names
            ]
            for path in joined:
                yield from self._included_file(path, posixpath.dirname(joined[0] or ""))

    def _included_file(self, path: str | None, base: str) -> list[Document]:
        self._included += 1
        if path is None or self._included > _MAX_INCLUDES:
            return []
        return self.read(path, base)

    def parts(self, document: Document) -> Iterator[Part]:
        """Yield a document's service definitions."""
        section = document.section("services")
        services = mapping_of(section.entry.value) if section else None
        if section is None or services is None:
            if section is not None and not isinstance(section.plain, Tagged | type(None)):
                node = section.entry.value
                self._problem(document.tree, node, "`services` must be a mapping", "name each one")
            return
        for name, entry in services.resolved.items():
            mapping = mapping_of(entry.value)
            if mapping is None:
                message = f"service `{name}` must be a mapping"
                self._problem(document.tree, entry.key, message, "give it an image or a build")
                continue
            route = (*section.route, name)
            yield Part(document.tree, services, entry, mapping, route, document.base)

    def with_extended(self, part: Part) -> list[Part]:
        """Return a definition, preceded by those that it extends."""
        found = [part]
        seen = {(part.tree.source.path, part.route[-1])}
        while (base := self._extended(found[0])) is not None:
            key = (base.tree.source.path, base.route[-1])
            if key in seen:
                break
            seen.add(key)
            found.insert(0, base)
        return found

    def _extended(self, part: Part) -> Part | None:
        value = part.get("extends")
        data = None if value is None else untagged(value.plain)
        if data is None:
            return None
        options = data if isinstance(data, dict) else {"service": data}
        name = interpolate(str(options.get("service")), self._variables)
        tree, base = part.tree, part.base
        if options.get("file"):
            path = join(part.base, interpolate(str(options["file"]), self._variables))
            other = None if path is None else self._problems.attempt(lambda: self._parse(path))
            if other is None or path is None:
                return None
            tree, base = other, posixpath.dirname(path)
        return self._definition(tree, base, name)

    def _definition(self, tree: Tree, base: str, name: str) -> Part | None:
        for document in self._documents(tree, base):
            for part in self.parts(document):
                if part.route[-1] == name:
                    return Part(
                        tree, part.services, part.entry, part.mapping, part.route, base, True
                    )
        return None

    def _problem(self, tree: Tree, node: Node | None, message: str, todo: str) -> None:
        line, column = tree.source.line_column(target(node).start if node else 0)
        path = tree.source.path
        self._problems.add(UserError(message, todo=todo, path=path, line=line, column=column))
