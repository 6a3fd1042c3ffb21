"""Read the settings of a project, from its directory or from a commit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import field
from typing import Any

from patcher.config.schema import read_values, refused, settings_of, shown
from patcher.config.toml import Key, Table, read_table
from patcher.errors import nearest
from patcher.records import dataclass
from patcher.stack.files import Files
from patcher.stack.settings import Settings


@dataclass(frozen=True)
class Config:
    """The settings of a project, the values that a file gives, and what to warn of."""

    settings: Settings = field(default_factory=Settings)
    table: Table | None = None
    given: Mapping[Key, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def origin(self, key: Key) -> str:
        """Return where a setting comes from: `default`, or the file and line that give it."""
        if self.table is None or key not in self.given:
            return "default"
        line = self.table.line(key)
        path = self.table.source.path
        return path if line is None else f"{path}:{line}"

    def refuse_unknown(self, services: Collection[str]) -> None:
        """Raise UserError where a health check is set for none of the `services`."""
        for key in self.given:
            is_check = key[0] == "healthcheck" and len(key) == 3
            if self.table is not None and is_check and key[1] not in services:
                todo = nearest(key[1], services, f"the services are {', '.join(services)}")
                raise refused(self.table, key, f"no service `{key[1]}`", todo)


def read_config(files: Files) -> Config:
    """Return the settings that `.hanna-fix.toml` or pyproject.toml gives, else the defaults.

    Raises UserError, with the line, for TOML that is not valid, an unknown key, and a value that
    is none for its key.
    """
    table, warnings = read_table(files)
    if table is None:
        return Config()
    given = read_values(table)
    for key in given:
        if key[-1] in ("port", "path") and (*key[:-1], "test") in given:
            test = shown((*key[:-1], "test"))
            raise refused(table, key, f"`{shown(key)}` has no use beside `{test}`", "leave one out")
    return Config(settings_of(given), table, given, warnings)
