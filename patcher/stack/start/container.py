"""A container's file system, as far as the repository tells: COPY and bind mounts."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase
from functools import cache, cached_property
from itertools import islice
from typing import Final

from patcher.errors import LimitError
from patcher.lang.dockerfile import Copy, FinalStage
from patcher.records import dataclass
from patcher.stack.compose.service import Service
from patcher.stack.files import Files, join
from patcher.text import Source

# folders that images bring: a file copied to one lands in it, with or without a final slash
_IMAGE_FOLDERS: Final = frozenset(
    {
        "/",
        "/bin",
        "/docker-entrypoint.d",
        "/etc",
        "/etc/nginx",
        "/etc/nginx/conf.d",
        "/opt",
        "/opt/bitnami/nginx/conf",
        "/root",
        "/srv",
        "/usr/bin",
        "/usr/local/bin",
        "/usr/local/openresty/nginx/conf",
        "/usr/local/sbin",
        "/usr/sbin",
    }
)
_MAX_STAGES: Final = 8

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
        return self._listed(path)

    @cached_property
    def _listed(self) -> Callable[[str], tuple[str, ...]]:
        return cache(self._list) if self.layers else lambda _: ()

    def _list(self, path: str) -> tuple[str, ...]:
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


def container_files(
    files: Files,
    service: Service,
    stage: FinalStage | None,
    named: Callable[[str], FinalStage | None] = lambda _: None,
    configs: Iterable[tuple[str, str | None]] = (),
) -> ContainerFiles:
    """Return the container's view for a service: mounts over what its Dockerfile copies.

    `named` returns another stage of the Dockerfile: what it copied from the build context is found
    through `COPY --from`, too. `configs` are container paths of Compose's `configs:`, each with its
    file.
    """
    mounts = [_Layer(posixpath.normpath(mount.target), mount.source) for mount in service.mounts]
    mounts += [_Layer(path, source) for path, source in configs]
    mounts.sort(key=lambda layer: -len(layer.target))
    copies: list[_Layer] = []
    if stage is not None and service.build is not None and service.build.context is not None:
        layers = _Copies(files, service.build.context, named).layers(stage)
        copies = list(islice(layers, MAX_LAYERS + 1))
    if len(mounts) + len(copies) > MAX_LAYERS:
        message = f"`{service.name}` mounts and copies more than {MAX_LAYERS:,} paths"
        raise LimitError(message, todo="copy whole directories")
    return ContainerFiles(files, (*mounts, *reversed(copies)))


class _Copies:
    """Follows the COPY instructions of a Dockerfile; every other stage is read once."""

    def __init__(
        self, files: Files, context: str, named: Callable[[str], FinalStage | None]
    ) -> None:
        self._files = files
        self._context = context
        self._named = named
        self._stages: dict[str, ContainerFiles] = {}

    def layers(self, stage: FinalStage) -> Iterator[_Layer]:
        """Yield what a stage copies, in order."""
        for copy in stage.copies:
            if copy.from_stage is None:
                yield from self._placed(copy, self._from_context(copy))
            else:
                yield from self._placed(copy, self._from_stage(copy, copy.from_stage))

    def _placed(self, copy: Copy, sources: Iterable[tuple[str, bool]]) -> Iterator[_Layer]:
        many = len(copy.sources) > 1 or copy.destination.endswith("/")
        many = many or copy.destination in _IMAGE_FOLDERS
        for source, is_match in sources:
            into = many and not self._files.is_dir(source)
            name = posixpath.basename(source) if into or is_match else ""
            target = posixpath.join(copy.destination, name) if name else copy.destination
            yield _Layer(posixpath.normpath(target), source)

    def _from_context(self, copy: Copy) -> Iterator[tuple[str, bool]]:
        for pattern in copy.sources:
            for source in _matches(self._files, self._context, pattern):
                yield source, _is_glob(pattern)

    def _from_stage(self, copy: Copy, name: str) -> Iterator[tuple[str, bool]]:
        if name not in self._stages:
            # what that stage itself takes from a third one is not followed
            stage = self._named(name) if len(self._stages) < _MAX_STAGES else None
            own = [one for one in stage.copies if one.from_stage is None] if stage else []
            layers = [x for one in own for x in self._placed(one, self._from_context(one))]
            self._stages[name] = ContainerFiles(self._files, tuple(reversed(layers)))
        for path in copy.sources:
            found = None if _is_glob(path) else self._stages[name].host_path(f"/{path.strip('/')}")
            if found is not None:
                yield found, False


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
