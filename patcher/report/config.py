"""The settings with where each comes from, and the rules with whether and why they run."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import fields
from typing import Any

from patcher.config.load import Config
from patcher.config.schema import FIELDS, shown
from patcher.config.selection import choices
from patcher.config.toml import Key
from patcher.errors import visible
from patcher.stack.settings import Figures

Row = tuple[str, str, str]


def resolved(config: Config, select: Iterable[str], ignore: Iterable[str]) -> str:
    """Return all settings and rules, one a line, in columns; the same for the same input.

    `select` and `ignore` are the command line's.
    """
    select, ignore = tuple(select), tuple(ignore)
    replaced: set[Key] = {("select",)} if select else set()
    settings = [*_command_line(select, ignore), *_settings(config, replaced)]
    rules = [
        (one.rule.id, "on" if one.on else "off", one.why) for one in choices(config, select, ignore)
    ]
    return f"settings\n{_columns(settings)}\nrules\n{_columns(rules)}"


def _columns(rows: Iterable[Row]) -> str:
    lines = [[visible(cell) for cell in row] for row in rows]
    first, second = (max(len(row[number]) for row in lines) for number in (0, 1))
    return "".join(f"  {a:<{first}}  {b:<{second}}  {c}\n" for a, b, c in lines)


def _command_line(select: tuple[str, ...], ignore: tuple[str, ...]) -> Iterator[Row]:
    for name, given in (("select", select), ("ignore", ignore)):
        if given:
            yield name, _json(given), f"--{name}"


def _settings(config: Config, replaced: Collection[Key]) -> Iterator[Row]:
    for key, value in _values(config):
        if key not in replaced:
            yield shown(key), value, config.origin(key)


def _values(config: Config) -> Iterator[tuple[Key, str]]:
    settings = config.settings
    for key, field in FIELDS.items():
        yield key, _value(key, getattr(settings, field))
    yield from _figures(("healthcheck",), settings.figures, "as the image needs")
    for name, check in settings.checks.items():
        above = ("healthcheck", name)
        for field in ("test", "port", "path"):
            if value := getattr(check, field):
                yield (*above, field), _json(value)
        yield from _figures(above, check.figures, "")
    for framework, command in settings.migrate_commands.items():
        yield ("migrate", "commands", framework), _json(command)


def _figures(above: Key, figures: Figures, otherwise: str) -> Iterator[tuple[Key, str]]:
    for one in fields(Figures):
        value = getattr(figures, one.name)
        if value is not None or otherwise:
            text = otherwise if value is None else _json(value)
            yield (*above, one.name.replace("_", "-")), text


def _value(key: Key, value: Any) -> str:
    """Return a value as a file would write it, a time with its unit."""
    if key in (("resolver", "valid"), ("resolver", "timeout"), ("backup", "schedule")):
        return f'"{value}s"' if value % 3600 else f'"{value // 3600}h"'
    if key == ("select",) and not value:
        return "those on by default"
    return "none" if value is None else _json(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
