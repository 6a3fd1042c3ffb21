"""The view of one service, as Compose merges its definitions, each value with its place.

Source: https://docs.docker.com/reference/compose-file/services/
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from patcher.finding import Location
from patcher.lang.yaml_nodes import Scalar
from patcher.lang.yaml_scalars import Tagged
from patcher.stack.files import join
from patcher.stack.interpolate import interpolate
from patcher.stack.values import Build, Mount, Part, Value, Wait, is_reset, untagged


@dataclass(frozen=True, eq=False)
class Service:
    """One service; its definitions in the order in which Compose merges them, strongest last."""

    name: str
    parts: tuple[Part, ...]
    variables: Mapping[str, str] = field(repr=False)

    @cached_property
    def home(self) -> Part:
        """The definition that new entries belong in: the first that is the service's own."""
        return next((part for part in self.parts if not part.extended), self.parts[0])

    @property
    def location(self) -> Location:
        """The place of the service's name."""
        part = self.home
        return Location.of(part.tree.source, part.entry.key.span, part.route)

    def get(self, key: str) -> Value | None:
        """Return the strongest definition of `key`; None where there is none, or it is reset."""
        for part in reversed(self.parts):
            if (value := part.get(key)) is not None:
                return None if is_reset(value.plain) else value
        return None

    def values(self, key: str) -> list[Value]:
        """Return every definition of `key` that Compose merges, weakest first.

        What stands before a `!reset` or `!override` is gone.
        """
        found: list[Value] = []
        for part in self.parts:
            if (value := part.get(key)) is None:
                continue
            if isinstance(value.plain, Tagged):
                found.clear()
            if not is_reset(value.plain):
                found.append(value)
        return found

    def text(self, key: str) -> str | None:
        """Return a scalar value, interpolated."""
        value = self.get(key)
        if value is None or not isinstance(value.node, Scalar):
            return None
        return interpolate(value.node.value, self.variables)

    @cached_property
    def image(self) -> str | None:
        """The image reference, interpolated; a variable without a value stays in it as `$NAME`."""
        return self.text("image")

    @cached_property
    def container_name(self) -> str | None:
        """The fixed container name, interpolated."""
        return self.text("container_name")

    @cached_property
    def network_mode(self) -> str | None:
        """What `network_mode` says, interpolated."""
        return self.text("network_mode")

    @cached_property
    def networks(self) -> dict[str, frozenset[str]]:
        """The networks by name, each with its aliases; `{"default": …}` where none is named."""
        if self.network_mode is not None:
            return {}
        found: dict[str, frozenset[str]] = {}
        for value in self.values("networks"):
            data = untagged(value.plain)
            if isinstance(data, dict):
                found |= {name: _aliases(options) for name, options in data.items()}
            elif isinstance(data, list):
                found |= {str(name): frozenset() for name in data}
        return found or {"default": frozenset()}

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name that Docker's DNS answers for this service."""
        aliases = (alias for names in self.networks.values() for alias in names)
        fixed = (self.container_name, self.text("hostname"))
        return frozenset({self.name, *aliases, *(name for name in fixed if name)})

    @cached_property
    def waits(self) -> dict[str, Wait]:
        """What the service waits for, by service name, `depends_on` of all parts merged."""
        found: dict[str, Wait] = {}
        for value in self.values("depends_on"):
            data = untagged(value.plain)
            if isinstance(data, list):
                found |= {str(name): Wait(str(name), None, value) for name in data}
            elif isinstance(data, dict):
                found |= {name: _wait(name, options, value) for name, options in data.items()}
        return found

    @cached_property
    def profiles(self) -> tuple[str, ...]:
        """The profiles that switch the service on; empty where it always runs."""
        return tuple(str(item) for value in self.values("profiles") for item in _items(value.plain))

    @cached_property
    def healthcheck(self) -> Value | None:
        """The strongest health check that says what to test."""
        for value in reversed(self.values("healthcheck")):
            data = untagged(value.plain)
            if isinstance(data, dict) and (data.get("test") or data.get("disable")):
                return value
        return None

    @cached_property
    def health_disabled(self) -> bool:
        """Whether the operator switched health checks off: `disable: true` or `test: NONE`."""
        if self.healthcheck is None:
            return False
        data = untagged(self.healthcheck.plain)
        return bool(data.get("disable")) or data.get("test") in ("NONE", ["NONE"])

    @cached_property
    def build(self) -> Build | None:
        """What `build:` says, short or long."""
        parts = self.values("build")
        if not parts:
            return None
        options: dict[str, Any] = {}
        for value in parts:
            data = untagged(value.plain)
            options |= data if isinstance(data, dict) else {"context": data}
        base = parts[0].base
        return self._build(base, options)

    def _build(self, base: str, options: dict[str, Any]) -> Build:
        context = join(base, self._interpolated(options.get("context") or "."))
        if options.get("dockerfile_inline") or context is None:
            dockerfile = None
        else:
            dockerfile = join(
                context, self._interpolated(options.get("dockerfile") or "Dockerfile")
            )
        wanted = options.get("target")
        args = {
            name: value for name, value in self._pairs(options.get("args")) if value is not None
        }
        return Build(context, dockerfile, self._interpolated(wanted) if wanted else None, args)

    def _interpolated(self, value: object) -> str:
        return interpolate(str(value), self.variables)

    @cached_property
    def mounts(self) -> tuple[Mount, ...]:
        """The bind mounts of files of the project; `source` is None where it leads out of it."""
        return tuple(
            mount
            for value in self.values("volumes")
            for item in _items(value.plain)
            if (mount := self._mount(item, value)) is not None
        )

    def _mount(self, item: object, value: Value) -> Mount | None:
        if isinstance(item, dict):
            if item.get("type") != "bind":
                return None
            source, destination = item.get("source", ""), item.get("target", "")
        else:
            parts = self._interpolated(item).split(":")
            source, destination = (parts[0], parts[1]) if len(parts) > 1 else ("", "")
        source, destination = self._interpolated(source), self._interpolated(destination)
        if not source.startswith((".", "/", "~")) or not destination:
            return None
        return Mount(join(value.base, source), destination, value)

    @cached_property
    def environment(self) -> dict[str, str | None]:
        """What `environment:` sets, interpolated; None for a value that comes from outside."""
        found: dict[str, str | None] = {}
        for value in self.values("environment"):
            found |= dict(self._pairs(untagged(value.plain)))
        return found

    def _pairs(self, data: object) -> Iterator[tuple[str, str | None]]:
        if isinstance(data, dict):
            for name, value in data.items():
                yield name, None if value is None else self._interpolated(_scalar(value))
        for item in data if isinstance(data, list) else ():
            name, equals, text = str(item).partition("=")
            yield name, self._interpolated(text) if equals else None

    @cached_property
    def env_files(self) -> tuple[str, ...]:
        """The paths of `env_file:`, relative to the project; those outside are left out."""
        found: list[str] = []
        for value in self.values("env_file"):
            data = untagged(value.plain)
            for item in data if isinstance(data, list) else [data]:
                path = item.get("path", "") if isinstance(item, dict) else item
                if (joined := join(value.base, self._interpolated(path))) is not None:
                    found.append(joined)
        return tuple(found)

    @cached_property
    def container_ports(self) -> tuple[int, ...]:
        """The ports that `expose:` and `ports:` name on the container's side, in order."""
        found: list[int] = []
        for key in ("expose", "ports"):
            for value in self.values(key):
                found += [port for item in _items(value.plain) if (port := self._port(item))]
        return tuple(dict.fromkeys(found))

    def _port(self, item: object) -> int | None:
        text = str(item.get("target", "")) if isinstance(item, dict) else self._interpolated(item)
        last = text.rpartition(":")[2].partition("/")[0]
        return int(last) if last.isdigit() else None

    def words(self, key: str) -> tuple[str, ...] | None:
        """Return `command` or `entrypoint` as words, split as Compose does; None where absent."""
        value = self.get(key)
        if value is None:
            return None
        data = untagged(value.plain)
        if isinstance(data, list):
            return tuple(self._interpolated(_scalar(item)) for item in data)
        try:
            return tuple(shlex.split(self._interpolated(_scalar(data))))
        except ValueError:
            return (self._interpolated(_scalar(data)),)


def _items(data: Any) -> list[Any]:
    data = untagged(data)
    return data if isinstance(data, list) else []


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(untagged(value))


def _aliases(options: object) -> frozenset[str]:
    names = options.get("aliases") if isinstance(options, dict) else None
    return frozenset(map(str, names)) if isinstance(names, list) else frozenset()


def _wait(name: str, options: object, value: Value) -> Wait:
    condition = options.get("condition") if isinstance(options, dict) else None
    return Wait(name, str(condition) if condition else None, value)
