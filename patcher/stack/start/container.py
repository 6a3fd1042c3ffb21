"""A container's file system, as far as the repository tells: COPY and bind mounts."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import islice
from typing import Final

from patcher.errors import LimitError
from patcher.lang.dockerfile import Copy, FinalStage
from patcher.stack.compose.service import Service
from patcher.stack.files import Files, join
from patcher.text import Source

MAX_LAYERS: Final = 2000
"""The most paths of a container that mounts and COPY put there, each file of a pattern counted."""


@dataclass(frozen=True, slots=True)
class _Layer:
    """The container path `target` shows the project path `source` (None: not in the project)."""

    target: str
    source: str | None


@dataclass(frozen=True)
class ContainerFiles:
    """Read access by absolute container path; what an image itself brings is not known."""

    files: Files
    layers: tuple[_Layer, ...]

    def host_path(self, path: str) -> str | None:
        """Return the project path that shows at the container path, whether it exists or not."""
        path = posixpath.normpath(path)
        for layer in self.layers:
            rest = _below(path, layer.target)
            if rest is None:
                continue
            host = None if layer.source is None else posixpath.normpath(f"{layer.source}/{rest}")
            if layer.source is None or host is None or self._exists(host) or rest == "":
                return host
        return None

    def _exists(self, path: str) -> bool:
        return self.files.is_dir(path) or self.files.read(path) is not None

    def read(self, path: str) -> Source | None:
        """Return the file at an absolute container path, or None. Raises UserError as Files do."""
        host = self.host_path(path)
        return None if host is None else self.files.read(host)

    def is_outside(self, path: str) -> bool:
        """Tell whether what shows at a container path is mounted from outside of the project."""
        path = posixpath.normpath(path)
        shows = (layer for layer in self.layers if _below(path, layer.target) is not None)
        layer = next(shows, None)
        return layer is not None and layer.source is None

    def list_dir(self, path: str) -> tuple[str, ...]:
        """Return the sorted names known in a container directory."""
        path = posixpath.normpath(path)
        names: set[str] = set()
        for layer in self.layers:
            rest = _below(path, layer.target)
            if rest is not None and layer.source is not None:
                names.update(self.files.list_dir(posixpath.normpath(f"{layer.source}/{rest}")))
            inner = _below(layer.target, path)
            if inner:
                names.add(inner.partition("/")[0])
        return tuple(sorted(names))


def _below(path: str, folder: str) -> str | None:
    """Return `path` relative to `folder` (empty: the same), or None where it is not below it."""
    if path == folder:
        return ""
    prefix = folder.rstrip("/") + "/"
    return path[len(prefix) :] if path.startswith(prefix) else None


def project_as_root(files: Files) -> ContainerFiles:
    """Return the view in which the project directory is the root of the file system."""
    return ContainerFiles(files, (_Layer("/", "."),))


def container_files(files: Files, service: Service, stage: FinalStage | None) -> ContainerFiles:
    """Return the container's view for a service: bind mounts over what its Dockerfile copies."""
    mounts = [_Layer(posixpath.normpath(mount.target), mount.source) for mount in service.mounts]
    mounts.sort(key=lambda layer: -len(layer.target))
    context = service.build.context if service.build else None
    copies = (
        layer
        for copy in (stage.copies if stage is not None and context is not None else ())
        for layer in _copied(files, context or "", copy)
    )
    layers = [*mounts, *islice(copies, MAX_LAYERS + 1)]
    if len(layers) > MAX_LAYERS:
        message = f"`{service.name}` mounts and copies more than {MAX_LAYERS:,} paths"
        raise LimitError(message, todo="copy whole directories")
    return ContainerFiles(files, (*layers[: len(mounts)], *reversed(layers[len(mounts) :])))


def _copied(files: Files, context: str, copy: Copy) -> Iterator[_Layer]:
    if copy.from_stage is not None:
        return
    many = len(copy.sources) > 1 or copy.destination.endswith("/")
    for pattern in copy.sources:
        for source in _matches(files, context, pattern):
            into = many and not files.is_dir(source)
            name = posixpath.basename(source) if into or _is_glob(pattern) else ""
            target = posixpath.join(copy.destination, name) if name else copy.destination
            yield _Layer(posixpath.normpath(target), source)


def _is_glob(pattern: str) -> bool:
    return any(char in pattern for char in "*?[")


def _matches(files: Files, context: str, pattern: str) -> list[str]:
    folder, name = posixpath.split(pattern.lstrip("/").rstrip("/") or ".")
    base = join(context, folder or ".")
    if base is None:
        return []
    if not _is_glob(name):
        found = join(base, name or ".")
        return [] if found is None else [found]
    return [
        posixpath.normpath(posixpath.join(base, entry))
        for entry in files.list_dir(base)
        if fnmatchcase(entry, name)
    ]
