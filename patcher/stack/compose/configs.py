"""`configs:` that Compose mounts: a file of the project, or text in the compose file itself.

Source: https://docs.docker.com/reference/compose-file/configs/
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from patcher.lang.yaml_nodes import Scalar, target
from patcher.records import dataclass
from patcher.stack.compose.project import Project
from patcher.stack.compose.service import Service
from patcher.stack.compose.short_forms import items
from patcher.stack.compose.values import Value, mapping_of
from patcher.stack.files import join


@dataclass(frozen=True, eq=False, slots=True)
class Config:
    """A config as a service sees it at the container path `target`.

    `path` is a file of the project; `content` the scalar that holds the text; None and None where
    it comes from elsewhere. `value` is the top-level definition, `name` its name.
    """

    name: str
    target: str
    path: str | None
    content: Scalar | None
    value: Value | None


def service_configs(project: Project, service: Service) -> tuple[Config, ...]:
    """Return the configs of a service; of two at one path the later."""
    found = {}
    for value in service.values("configs"):
        for item in items(value):
            options = item if isinstance(item, dict) else {"source": item}
            name = value.text(options.get("source"))
            place = value.text(options.get("target")) if options.get("target") else name
            config = _config(project, name, posixpath.normpath(posixpath.join("/", place)))
            found[config.target] = config
    return tuple(found.values())


def _config(project: Project, name: str, place: str) -> Config:
    path, content, value = None, None, None
    for value in project.top_level("configs", name):
        for key, node in _scalars(value):
            if key == "content":
                path, content = None, node
            elif key == "file":
                path, content = join(value.base, value.text(node.value)), None
    return Config(name, place, path, content, value)


def _scalars(value: Value) -> Iterator[tuple[str, Scalar]]:
    mapping = mapping_of(value.entry.value)
    for key, entry in (mapping.resolved if mapping is not None else {}).items():
        if isinstance(node := target(entry.value), Scalar):
            yield key, node
