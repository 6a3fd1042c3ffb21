"""The view of one service, as Compose merges its definitions, each value with its place.

Source: https://docs.docker.com/reference/compose-file/services/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from functools import cached_property
from itertools import islice
from typing import Any, Final

from patcher.finding import Location
from patcher.lang.yaml_nodes import Scalar
from patcher.lang.yaml_scalars import Tagged
from patcher.records import dataclass
from patcher.stack.compose.interpolate import interpolate
from patcher.stack.compose.shell_words import CannotSplit, split
from patcher.stack.compose.short_forms import assignments, build, items, mounts, named, ports
from patcher.stack.compose.values import (
    Build,
    EnvFile,
    Mount,
    Part,
    Value,
    Wait,
    is_reset,
    untagged,
)
from patcher.stack.files import join

# an override without a value takes these away; other keys it leaves as they are
_CLEARED_BY_NULL: Final = ("command", "entrypoint")
_NAMESPACES: Final = ("network_mode", "ipc", "pid")
# as Compose's toBoolean takes them, in any case
TRUE_WORDS: Final = frozenset({"true", "y", "yes", "on", "1", "t"})
_MAX_PORTS: Final = 65_535


@dataclass(frozen=True, eq=False)
class Service:
    """One service; its definitions in the order in which Compose merges them, strongest last.

    `variables` are the project's own, which its env files are interpolated with.
    """

    name: str
    parts: tuple[Part, ...]
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)

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
            if key in _CLEARED_BY_NULL and part.is_null(key):
                return None
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
        return interpolate(value.node.value, value.variables)

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
        """The networks by name, each with its aliases; `{"default": …}` where none is named.

        Empty with `network_mode`, and for a `provider`, which runs no container.
        """
        if self.network_mode is not None or self.get("provider") is not None:
            return {}
        found: dict[str, frozenset[str]] = {}
        for value in self.values("networks"):
            for name, options in named(value).items():
                found[name] = found.get(name, frozenset()) | _aliases(value, options)
                if is_reset(options):
                    del found[name]
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
            for name, options in named(value).items():
                before = found.pop(name, None)
                if not is_reset(options):
                    found[name] = Wait(name, _condition(value, options, before), value)
        return found

    @cached_property
    def links(self) -> dict[str, str]:
        """The services that `links:` names, by the name that this container knows each by."""
        found = {}
        for value in self.values("links"):
            for item in items(value):
                name, _, alias = value.text(item).partition(":")
                found[alias or name] = name
        return found

    @cached_property
    def starts_after(self) -> frozenset[str]:
        """The services that Compose starts first: those waited for, linked, and shared with."""
        volumes = (
            value.text(item).partition(":")[0]
            for value in self.values("volumes_from")
            for item in items(value)
        )
        spaces = ((self.text(key) or "").partition(":") for key in _NAMESPACES)
        shared = (name for kind, _, name in spaces if kind == "service")
        return frozenset({*self.waits, *self.links.values(), *volumes, *shared} - {"container"})

    @cached_property
    def profiles(self) -> tuple[str, ...]:
        """The profiles that switch the service on; empty where it always runs."""
        values = self.values("profiles")
        return tuple(value.text(item) for value in values for item in items(value))

    @cached_property
    def healthcheck(self) -> Value | None:
        """The strongest health check that says what to test, or that switches the test off."""
        said = [value for value in self.values("healthcheck") if named(value).get("test")]
        off = self.values("healthcheck") if self._is_switched_off else []
        return next(reversed([*off, *said]), None)

    @property
    def _health_options(self) -> dict[str, Any]:
        """The health check as merged: each setting as the strongest definition gives it."""
        return {
            key: one for value in self.values("healthcheck") for key, one in named(value).items()
        }

    @cached_property
    def health_disabled(self) -> bool:
        """Whether the operator switched health checks off: `disable: true` or `test: [NONE]`.

        `test: NONE` is meant so, too; to Compose it is a command that fails, so nothing may wait.
        """
        return self._is_switched_off or self._health_options.get("test") in ("NONE", ["NONE"])

    @property
    def _is_switched_off(self) -> bool:
        value = next(reversed(self.values("healthcheck")), None)
        said = self._health_options.get("disable")
        return value is not None and value.text(said).lower() in TRUE_WORDS

    @cached_property
    def build(self) -> Build | None:
        """What `build:` says, short or long."""
        return build(self.values("build"))

    @cached_property
    def mounts(self) -> tuple[Mount, ...]:
        """The bind mounts by container path, the strongest of each.

        `source` is None where it leads out of the project.
        """
        found = dict(pair for value in self.values("volumes") for pair in mounts(value))
        return tuple(mount for mount in found.values() if mount is not None)

    @cached_property
    def volume_targets(self) -> tuple[str, ...]:
        """The container paths of `volumes:` that are no bind mounts: their content is not known."""
        found = dict(pair for value in self.values("volumes") for pair in mounts(value))
        return tuple(path for path, mount in found.items() if mount is None)

    @cached_property
    def environment(self) -> dict[str, str | None]:
        """What `environment:` sets, interpolated; None for a value that comes from outside."""
        found: dict[str, str | None] = {}
        for value in self.values("environment"):
            for name in (name for name, one in named(value).items() if is_reset(one)):
                found.pop(name, None)
            found |= assignments(value, value.plain)
        return found

    @cached_property
    def env_files(self) -> tuple[EnvFile, ...]:
        """The files of `env_file:`, those outside of the project left out."""
        found: list[EnvFile] = []
        for value in self.values("env_file"):
            data = untagged(value.plain)
            for item in data if isinstance(data, list) else [data]:
                options = item if isinstance(item, dict) else {"path": item}
                joined = join(value.base, value.text(options.get("path")))
                if joined is not None:
                    is_raw = value.text(options.get("format")) == "raw"
                    found.append(EnvFile(joined, is_raw))
        return tuple(found)

    @cached_property
    def container_ports(self) -> tuple[int, ...]:
        """The ports that `expose:` and `ports:` name on the container's side, in order."""
        values = [value for key in ("expose", "ports") for value in self.values(key)]
        found = (port for value in values for port in ports(value))
        return tuple(dict.fromkeys(islice(found, _MAX_PORTS)))

    def words(self, key: str) -> tuple[str, ...] | None:
        """Return `command` or `entrypoint` as words, split as Compose does; None where absent.

        A text that Compose refuses is one word.
        """
        value = self.get(key)
        if value is None:
            return None
        data = untagged(value.plain)
        if isinstance(data, list):
            return tuple(value.text(item) for item in data)
        try:
            return split(value.text(data))
        except CannotSplit:
            return (value.text(data),)


def _aliases(value: Value, options: object) -> frozenset[str]:
    names = options.get("aliases") if isinstance(options, dict) else None
    return frozenset(map(value.text, names)) if isinstance(names, list) else frozenset()


def _condition(value: Value, options: object, before: Wait | None) -> str | None:
    """Return the condition; the long form without one keeps what a weaker definition said."""
    if not isinstance(options, dict):
        return None
    condition = options.get("condition")
    if condition is None:
        return before.condition if before else None
    return value.text(condition)
