"""Applications: the services that run one image, and how its migrations run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from patcher.stack.commands import is_server
from patcher.stack.compose import Service
from patcher.stack.frameworks import Framework
from patcher.stack.links import named_hosts
from patcher.stack.migrations import (
    MigrationCall,
    certainty,
    framework_of,
    migration_calls,
    unread_scripts,
)
from patcher.stack.stack import Stack
from patcher.stack.trace import runs_arguments, trace


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
        """The service whose start shows a migration that is commented out, or a server."""
        commented = [one for one, call in self.calls if not call.live]
        servers = [one for one in self.services if self._is_server(one)]
        return next(iter([*commented, *servers]), None)

    def _is_server(self, service: Service) -> bool:
        if self.stack.is_needed(service.name):
            return True
        steps = trace(self.stack.facts[service.name].start).steps
        return any(step.live and is_server(step.words) for step in steps)

    def framework(self, service: Service) -> Framework | None:
        """Return the migration framework of a service, None where there is no sure sign of one."""
        return framework_of(self.stack.facts[service.name].start)

    def doubt(self, service: Service, framework: Framework) -> str | None:
        """Return why the image may lack the framework's migrate command, None where it has it."""
        return certainty(self.stack.facts[service.name].start, framework)

    def runs_arguments(self, service: Service) -> bool:
        """Whether the service's entrypoint runs the command that it is given."""
        return runs_arguments(self.stack.facts[service.name].start)

    @cached_property
    def unread(self) -> tuple[str, ...]:
        """What the services start but the project does not hold: it may well migrate."""
        facts = self.stack.facts
        found = (name for one in self.services for name in unread_scripts(facts[one.name].start))
        return tuple(dict.fromkeys(found))

    def databases(self, service: Service) -> list[str]:
        """Return the database services that a service waits for, or names in its environment."""
        services = self.stack.project.services
        stores = {
            host: one.name
            for one in services.values()
            if (family := self.stack.facts[one.name].family) and family.kind == "database"
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
    groups: dict[object, list[Service]] = {}
    for service in stack.project.services.values():
        groups.setdefault(_identity(service), []).append(service)
    for services in groups.values():
        yield App(stack, tuple(services))


def _identity(service: Service) -> object:
    if service.build is not None:
        return service.build.context, service.build.dockerfile, service.build.target
    return service.image or service.name
