"""Applications: the services that run one image, and how its migrations run."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from typing import Final

from patcher.patterns import regex
from patcher.records import dataclass
from patcher.stack.compose.service import Service
from patcher.stack.links import named_hosts
from patcher.stack.migrate.frameworks import OTHER, Framework
from patcher.stack.migrate.migrations import (
    MigrationCall,
    certainty,
    framework_of,
    migration_calls,
    unread_scripts,
)
from patcher.stack.migrate.preparation import preparation
from patcher.stack.stack import Stack
from patcher.stack.start.commands import is_server, is_worker
from patcher.stack.start.trace import runs_arguments, trace

_SQL: Final = frozenset({"postgres", "mysql", "mariadb", "percona"})
_MIGRATES: Final = regex(r"(?i)migrat")
_COMPLETED: Final = "service_completed_successfully"


@dataclass(frozen=True, eq=False)
class App:
    """The services that are built or run from one image, in the order of the files."""

    stack: Stack
    services: tuple[Service, ...]

    @cached_property
    def calls(self) -> tuple[tuple[Service, MigrationCall], ...]:
        """What the services run to migrate, or have commented out."""
        facts = self.stack.facts
        return tuple(
            (one, call) for one in self.services for call in migration_calls(facts[one.name].start)
        )

    @cached_property
    def main(self) -> Service | None:
        """The service with a framework and a database that has a migration commented out.

        Else the first such service that is a server; None where there is none.
        """
        commented = [one for one, call in self.calls if not call.live]
        servers = [one for one in self.services if self._is_server(one)]
        fit = (one for one in (*commented, *servers) if self.framework(one) and self.databases(one))
        return next(fit, None)

    @cached_property
    def users(self) -> tuple[Service, ...]:
        """The services that need the tables: servers, workers, and what names a database."""
        return tuple(
            one
            for one in self.services
            if one is self.main
            or self.databases(one)
            or self._is_server(one)
            or any(is_worker(words) for words in self._live(one))
        )

    def _is_server(self, service: Service) -> bool:
        if service.name in self.stack.jobs:
            return False
        needed = self.stack.is_needed(service.name)
        return needed or any(is_server(words) for words in self._live(service))

    def _live(self, service: Service) -> Iterator[tuple[str, ...]]:
        steps = trace(self.stack.facts[service.name].start).steps
        return (step.words for step in steps if step.live)

    def framework(self, service: Service) -> Framework | None:
        """Return the migration framework of a service, None where there is no sure sign of one.

        Its command is that of the settings, where they give one.
        """
        found = framework_of(self.stack.facts[service.name].start)
        told = self.stack.settings.migrate_commands.get(found.id) if found else None
        return replace(found, migrate=told) if found and told else found

    def doubt(self, service: Service, framework: Framework) -> str | None:
        """Return why the migrate command may not work in a container of its own, None if it does.

        `framework` is that of the service. A command of the settings is the operator's word.
        """
        if framework.id in self.stack.settings.migrate_commands:
            return None
        start = self.stack.facts[service.name].start
        lacking = preparation(start, through_entrypoint=runs_arguments(start))
        return certainty(start, framework) or lacking

    def runs_arguments(self, service: Service) -> bool:
        """Whether the service's entrypoint runs the command that it is given."""
        return runs_arguments(self.stack.facts[service.name].start)

    @cached_property
    def unread(self) -> tuple[str, ...]:
        """What the services start but the project does not hold: it may well migrate."""
        built = [one for one in self.services if one.build is not None]
        scripts = (name for one in self.services for name in _scripts(self.stack, one))
        images = (name for one in built or self.services for name in _image(self.stack, one))
        return tuple(dict.fromkeys([*scripts, *images]))

    def databases(self, service: Service) -> list[str]:
        """Return the SQL databases that a service waits for, or names in its environment."""
        services = self.stack.project.services
        stores = {
            host: one.name
            for one in services.values()
            if (family := self.stack.facts[one.name].family) and family.name in _SQL
            if one.name not in self.stack.jobs  # a client of the database's own image
            for host in one.names
        }
        named = named_hosts(self.stack.facts[service.name].environment, stores)
        found = [
            *(name for name in service.waits if name in stores.values()),
            *(stores[host] for _, host in named),
        ]
        return list(dict.fromkeys(found))


def apps(stack: Stack) -> Iterator[App]:
    """Yield the services of the stack, grouped by what they are built or run from."""
    built: dict[str | None, object] = {
        one.image: _build(one)
        for one in stack.project.services.values()
        if one.build is not None and one.image is not None
    }
    groups: dict[object, list[Service]] = {}
    for service in stack.project.services.values():
        own = _build(service) or built.get(service.image, service.image) or service.name
        groups.setdefault(own, []).append(service)
    for services in groups.values():
        yield App(stack, tuple(services))


def _build(service: Service) -> object:
    build = service.build
    if build is None or build.dockerfile is None:
        return None if build is None else (service.name, build.target)
    return build.context, build.dockerfile, build.target


def is_migrated(app: App, every: Iterable[App]) -> bool:
    """Whether something in the stack migrates the app's database, or may do so.

    That is any live call that is not certain to be another project's, a command of the settings,
    and any service that is named like a migration, or that the app waits for to end, and of which
    nothing more is known.
    """
    if any(_runs_told_command(app, one) for one in app.services):
        return True
    calls = [found for one in every for found in one.calls if found[1].live]
    if any(service in app.services or _is_of(app, service, call) for service, call in calls):
        return True
    return any(_may_be_migration(app, one) for one in app.stack.project.services.values())


def _runs_told_command(app: App, service: Service) -> bool:
    words = app.stack.facts[service.name].words
    told = app.stack.settings.migrate_commands.values()
    return any(words[-len(command) :] == command for command in told)


def _is_of(app: App, service: Service, call: MigrationCall) -> bool:
    other = App(app.stack, (service,))
    return call.framework is OTHER or not are_apart(app, other)


def are_apart(one: App, other: App) -> bool:
    """Whether two apps are certain to be made of different code of the project."""
    first, second = _code(one), _code(other)
    if first is None or second is None:
        return False
    common = posixpath.commonpath([f"/{first}", f"/{second}"])
    return common not in (posixpath.normpath(f"/{first}"), posixpath.normpath(f"/{second}"))


def _code(app: App) -> str | None:
    """Return the project directory that shows at the working directory, None if not known."""
    facts = app.stack.facts[(app.main or app.services[0]).name]
    return facts.container.host_path(facts.start.workdir or "/")


def _may_be_migration(app: App, service: Service) -> bool:
    wait = app.main.waits.get(service.name) if app.main else None
    is_job = wait is not None and wait.condition == _COMPLETED
    is_named_so = _MIGRATES.search(f"{service.name} {service.image or ''}")
    start = app.stack.facts[service.name].start
    known = start.command or start.entrypoint
    if not (is_job or is_named_so) or service in app.services:
        return False
    return not known or any(_unread(app.stack, service))


def _unread(stack: Stack, service: Service) -> Iterator[str]:
    """Yield what a service runs of which the project holds nothing."""
    yield from _scripts(stack, service)
    yield from _image(stack, service)


def _scripts(stack: Stack, service: Service) -> tuple[str, ...]:
    return unread_scripts(stack.facts[service.name].start)


def _image(stack: Stack, service: Service) -> Iterator[str]:
    """Yield the image where its own entrypoint runs, and what that does is not known."""
    facts = stack.facts[service.name]
    if facts.start.entrypoint is None and facts.family is None:
        yield facts.base_image or "its Dockerfile"
