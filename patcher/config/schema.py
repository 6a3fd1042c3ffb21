"""The keys of the settings, and the way from what a file holds to the settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from patcher.config import values
from patcher.config.toml import Key, Table
from patcher.errors import UserError, nearest
from patcher.stack.migrate.frameworks import FRAMEWORKS
from patcher.stack.settings import CheckSettings, Figures, Settings

ANY: Final = "<service>"
"""Stands for a name that the operator chooses; its value is a table."""

Reader = Callable[[object], Any]
Schema = Mapping[str, "Reader | Schema"]

_FIGURES: Final[dict[str, Reader]] = {
    "interval": values.duration,
    "timeout": values.duration,
    "retries": values.count,
    "start-period": values.duration,
}
SCHEMA: Final[Schema] = {
    "select": values.rules,
    "ignore": values.rules,
    "exclude": values.globs,
    "upstreams": values.policy,
    "network": {"name": values.network},
    "resolver": {
        "address": values.address,
        "valid": values.nginx_time,
        "timeout": values.nginx_time,
    },
    "healthcheck": {
        **_FIGURES,
        ANY: {"test": values.test, "port": values.port, "path": values.path, **_FIGURES},
    },
    "migrate": {
        "service": values.service,
        "commands": {one.id: values.command for one in FRAMEWORKS},
    },
    "backup": {
        "service": values.service,
        "schedule": values.period,
        "keep-days": values.count,
    },
}

FIELDS: Final[dict[Key, str]] = {
    ("select",): "select",
    ("ignore",): "ignore",
    ("exclude",): "exclude",
    ("upstreams",): "upstreams",
    ("network", "name"): "network",
    ("resolver", "address"): "resolver",
    ("resolver", "valid"): "resolver_valid",
    ("resolver", "timeout"): "resolver_timeout",
    ("migrate", "service"): "migrate_service",
    ("backup", "service"): "backup_service",
    ("backup", "schedule"): "backup_schedule",
    ("backup", "keep-days"): "backup_keep_days",
}
"""The settings that are one value each."""


def read_values(table: Table) -> dict[Key, Any]:
    """Return the settings that a table gives; raises UserError for the first that is none."""
    return dict(_values(table, table.data, SCHEMA, ()))


def _values(
    table: Table, data: Mapping[str, Any], schema: Schema, above: Key
) -> Iterator[tuple[Key, Any]]:
    for name, value in data.items():
        key = (*above, name)
        expected = schema.get(ANY if ANY in schema and isinstance(value, dict) else name)
        if expected is None or name == ANY:
            raise _unknown(table, key, schema)
        if callable(expected):
            yield key, _read(table, key, expected, value)
        elif isinstance(value, dict):
            yield from _values(table, value, expected, key)
        else:
            raise refused(table, key, f"`{shown(key)}` must be a table", f"write [{shown(key)}]")


def _read(table: Table, key: Key, reader: Reader, value: object) -> Any:
    try:
        return reader(value)
    except ValueError as error:
        todo = "correct the value and run again"
        raise refused(table, key, f"`{shown(key)}` must be {error}", todo) from None
    except UserError as error:
        raise refused(table, key, f"`{shown(key)}`: {error.message}", error.todo) from None


def _unknown(table: Table, key: Key, schema: Schema) -> UserError:
    above = f"{shown(key[:-1])}." if key[:-1] else ""
    known = [f"{above}{name}" for name in schema]
    todo = nearest(shown(key), known, f"the settings here are {', '.join(known)}")
    return refused(table, key, f"no setting `{shown(key)}`", todo)


def refused(table: Table, key: Key, message: str, todo: str) -> UserError:
    """Return the error for a key, with its place in the file."""
    return UserError(message, todo=todo, path=table.source.path, line=table.line(key))


def shown(key: Key) -> str:
    """Return a key for a message, as a file would write it."""
    return ".".join(key)


def settings_of(found: Mapping[Key, Any]) -> Settings:
    """Return the settings with these values; the others are defaults."""
    single = {field: found[key] for key, field in FIELDS.items() if key in found}
    services = sorted({key[1] for key in found if key[0] == "healthcheck" and len(key) == 3})
    commands = {key[2]: value for key, value in found.items() if key[:2] == ("migrate", "commands")}
    return Settings(
        **single,
        figures=_figures(found, ("healthcheck",)),
        checks={name: _check(found, ("healthcheck", name)) for name in services},
        migrate_commands=dict(sorted(commands.items())),
    )


def _figures(found: Mapping[Key, Any], above: Key) -> Figures:
    named = {name.replace("-", "_"): found.get((*above, name)) for name in _FIGURES}
    return Figures(**named)


def _check(found: Mapping[Key, Any], above: Key) -> CheckSettings:
    test, port, path = (found.get((*above, name)) for name in ("test", "port", "path"))
    return CheckSettings(test or (), port, path, _figures(found, above))
