"""A Compose project put together from its documents: overrides and `extends`.

Source: https://docs.docker.com/reference/compose-file/merge/ and
https://docs.docker.com/reference/compose-file/services/#extends
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from patcher.errors import LimitError
from patcher.lang.yaml_nodes import Alias, Node, target
from patcher.records import dataclass
from patcher.stack.compose.documents import Document, Reader
from patcher.stack.compose.project_name import VARIABLE, project_name
from patcher.stack.compose.service import Service
from patcher.stack.compose.values import Part, Value, mapping_of, untagged
from patcher.stack.files import Files, join
from patcher.stack.problem import Problems

MAX_SERVICES: Final = 10_000
"""The most services of a project; the largest real ones have about sixty."""

MAX_PARTS: Final = 20_000
"""The most definitions of services, those counted that come in through `extends`."""

MAX_WAITS: Final = 30_000
"""The most entries of `depends_on` in all."""

MAX_SHARERS: Final = 500
"""The most services that share a definition or a value of it through an anchor.

A change of what is shared is proven at all of them, for each of them.
"""

_MAX_EXTENDS: Final = 100
_DOCKERS_OWN: Final = ("host", "bridge", "none")
_REPLACING: Final = ("!reset", "!override")


@dataclass(frozen=True, eq=False)
class Project:
    """All documents in merge order, weakest first, and the services that they define.

    Included documents come before those of the file that includes them. `name` is empty where
    nothing gives one.
    """

    name: str
    documents: tuple[Document, ...]
    services: Mapping[str, Service]

    @property
    def main(self) -> Document:
        """The first document of the project's own files: top-level additions go there.

        An included file may be used by other projects, too.
        """
        return next(one for one in self.documents if not one.included)

    def networks(self, name: str) -> list[Value]:
        """Return every top-level definition of the network `name`, weakest first."""
        return self.top_level("networks", name)

    def top_level(self, key: str, name: str) -> list[Value]:
        """Return every definition of `name` in the top-level mapping `key`, weakest first."""
        found = []
        for document in self.documents:
            section = document.section(key)
            mapping = mapping_of(section.entry.value) if section else None
            if section is None or mapping is None or name not in mapping.resolved:
                continue
            entry = mapping.resolved[name]
            found.append(document.value(mapping, entry, (*section.route, name)))
        return found

    def network_mode(self, service: Service) -> str | None:
        """Return the mode of the network that a service uses, `service:` followed.

        None on networks of Compose; `host` too where it is attached to that of Docker's own.
        """
        for _ in self.services:
            mode = service.network_mode or ""
            if not mode.startswith("service:") or mode[8:] not in self.services:
                break
            service = self.services[mode[8:]]
        if all(self._own_name(name) in _DOCKERS_OWN for name in service.networks):
            return next(map(self._own_name, service.networks), service.network_mode)
        return service.network_mode

    def _own_name(self, network: str) -> str:
        """Return what Docker calls an external network, empty for those of the project."""
        name = ""
        for value in self.networks(network):
            options = untagged(value.plain)
            if isinstance(options, dict) and options.get("external"):
                name = value.text(options.get("name") or network)
        return name

    def by_name(self, host: str, asker: Service | None = None) -> Service | None:
        """Return the service that Docker's DNS answers `host` with, or None.

        The names that the asking service gives in its `links` hold for it alone.
        """
        if asker is not None and host in asker.links:
            return self.services.get(asker.links[host])
        if host in self.services:
            return self.services[host]
        return next((one for one in self.services.values() if host in one.names), None)


def assemble(
    files: Files,
    paths: tuple[str, ...],
    variables: Mapping[str, str],
    problems: Problems,
    directory: str = "",
) -> Project:
    """Read the compose files `paths` (in `-f` order) and what they include.

    `variables` are those of `.env`, `directory` names the project directory.
    Files that cannot be read or understood are noted in `problems` and left out. Raises LimitError
    beyond MAX_SERVICES, MAX_PARTS, MAX_WAITS and what the reader takes.
    """
    base = posixpath.dirname(paths[0]) if paths else ""
    project = project_name(files, paths, variables, directory)
    variables = {**variables, **({VARIABLE: project} if project else {})}
    reader = Reader(files, problems)
    extender = _Extender(reader)
    documents = [one for path in paths for one in reader.read(path, base, variables)]
    parts: dict[str, list[Part]] = {}
    count = 0
    for document in documents:
        for name in _replaced(document):
            parts.pop(name, None)
        for part in reader.services(document):
            found = extender.with_extended(part)
            count += len(found)
            parts.setdefault(str(part.route[-1]), []).extend(found)
            _refuse_too_many(len(parts), count)
    _refuse_shared(one for found in parts.values() for one in found)
    services = {name: Service(name, tuple(found), variables) for name, found in parts.items()}
    if sum(len(one.waits) for one in services.values()) > MAX_WAITS:
        todo = "give a smaller project with -f"
        raise LimitError(f"more than {MAX_WAITS:,} entries of depends_on", todo=todo)
    return Project(project, tuple(documents), services)


def _refuse_too_many(services: int, parts: int) -> None:
    todo = "give a smaller project with -f"
    if services > MAX_SERVICES:
        raise LimitError(f"more than {MAX_SERVICES:,} services", todo=todo)
    if parts > MAX_PARTS:
        raise LimitError(f"more than {MAX_PARTS:,} definitions of services", todo=todo)


def _refuse_shared(parts: Iterable[Part]) -> None:
    """Raise LimitError where more than MAX_SHARERS definitions show one node."""
    users = Counter(node for part in parts for node in _shared(part))
    if max(users.values(), default=0) > MAX_SHARERS:
        message = f"more than {MAX_SHARERS} services share a definition through an anchor"
        raise LimitError(message, todo="give a smaller project with -f")


def _shared(part: Part) -> set[Node]:
    """Return what a definition, or an entry of it, takes from an anchor or a merge key."""
    found: set[Node] = set()
    seen: set[Node] = set()
    mappings = [part.mapping]
    while mappings:
        mapping = mappings.pop()
        found.add(mapping)
        found |= {one.value.target for one in mapping.entries if isinstance(one.value, Alias)}
        mappings += [one for one in mapping.merged if one not in seen]
        seen.update(mapping.merged)
    return found


def _replaced(document: Document) -> list[str]:
    """Return the services whose earlier definitions a document takes away."""
    section = document.section("services")
    services = mapping_of(section.entry.value) if section else None
    entries = services.resolved.values() if services else ()
    return [entry.name for entry in entries if target(entry.value).tag in _REPLACING]


class _Extender:
    """Finds what services extend; every file is looked through once."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._known: dict[tuple[str, str], dict[str, Part]] = {}

    def with_extended(self, part: Part) -> list[Part]:
        """Return a definition, preceded by those that it extends, the weakest first."""
        found = [part]
        seen = {(part.tree.source.path, part.route[-1])}
        while (base := self._extended(found[-1])) is not None:
            if len(found) > _MAX_EXTENDS:
                message = f"`{found[0].entry.name}` extends services more than {_MAX_EXTENDS} deep"
                raise LimitError(message, todo="extend less deeply")
            key = (base.tree.source.path, base.route[-1])
            if key in seen:
                break
            seen.add(key)
            found.append(base)
        return found[::-1]

    def _extended(self, part: Part) -> Part | None:
        value = part.get("extends")
        data = None if value is None else untagged(value.plain)
        if value is None or data is None:
            return None
        options = data if isinstance(data, dict) else {"service": data}
        path, base = part.tree.source.path, part.base
        if options.get("file"):
            other = join(part.base, value.text(options["file"]))
            if other is None:
                return None
            path, base = other, posixpath.dirname(other)
        definitions = self._definitions(path, base, part.variables)
        return definitions.get(value.text(options.get("service")))

    def _definitions(self, path: str, base: str, variables: Mapping[str, str]) -> dict[str, Part]:
        key = (path, base)
        if key not in self._known:
            documents = self._reader.documents(path, base, variables)
            parts = (part for one in documents for part in self._reader.parts(one))
            self._known[key] = {str(part.route[-1]): replace(part, extended=True) for part in parts}
        return self._known[key]
