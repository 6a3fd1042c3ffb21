"""Migrating by hand: the command line, and the services that it is about."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from patcher.records import dataclass
from patcher.stack.compose.service import Service
from patcher.stack.migrate.apps import App, apps
from patcher.stack.migrate.frameworks import Framework
from patcher.stack.stack import Stack


def migrate_arguments(app: App, main: Service, command: tuple[str, ...]) -> str:
    """Return what follows `docker compose run --rm` to run `command` as the service `main` would.

    Where the service's entrypoint does not run what it is given, the command takes its place.
    """
    if app.runs_arguments(main):
        return shlex.join([main.name, *command])
    program, *rest = command
    return shlex.join(["--entrypoint", program, main.name, *rest])


@dataclass(frozen=True)
class Migrated:
    """An app whose migrate command is known: its service, its databases, and the framework."""

    app: App
    main: Service
    framework: Framework
    databases: tuple[str, ...]

    @property
    def command(self) -> str:
        """The migrate command, as a shell reads it."""
        return shlex.join(self.framework.migrate or ())

    @property
    def arguments(self) -> str:
        """What follows `docker compose run --rm` to migrate."""
        return migrate_arguments(self.app, self.main, self.framework.migrate or ())

    @property
    def doubt(self) -> str | None:
        """Why the command may not work in a container of its own; None where it does."""
        return self.app.doubt(self.main, self.framework)


def migrated_apps(stack: Stack) -> Iterator[Migrated]:
    """Yield the apps with a database of the stack and a migrate command that is known."""
    for app in apps(stack):
        main = app.main
        framework = app.framework(main) if main is not None else None
        if main is not None and framework is not None and framework.migrate is not None:
            yield Migrated(app, main, framework, tuple(app.databases(main)))
