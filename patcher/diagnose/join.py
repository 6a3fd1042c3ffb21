"""What the stack's files say of a failure: directives, services, resolvers, and findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from patcher.diagnose.failure import Kind, Subject
from patcher.finding import Finding
from patcher.records import dataclass
from patcher.stack.compose.service import Service
from patcher.stack.nginx.scopes import Nginx
from patcher.stack.nginx.upstreams import Upstream
from patcher.stack.resolvers import Resolver, is_docker, resolvers
from patcher.stack.stack import Stack

# these are found where somebody waits, the others at what is waited for
_WAITS: Final = frozenset({"missing-depends-on", "unconditional-depends-on"})
_BY_NAME: Final = frozenset({Kind.NOT_RESOLVED, Kind.NO_RESOLVER, Kind.NOT_FOUND_AT_START})


@dataclass(frozen=True, eq=False)
class Joined:
    """A failure's subject, and what of the stack it is about.

    `passes` are the directives that hand requests to its host; `services` those that it may be
    about, one where that is certain; `findings` are all of the stack.
    """

    stack: Stack
    subject: Subject
    passes: tuple[Upstream, ...]
    services: tuple[Service, ...]
    resolvers: tuple[Resolver, ...]
    findings: tuple[Finding, ...]

    @property
    def service(self) -> Service | None:
        """The service that the failure is about; None where none or several come into question."""
        return self.services[0] if len(self.services) == 1 else None

    @property
    def nginxes(self) -> tuple[Nginx, ...]:
        """Each nginx that hands requests to the host, or all where that is not known."""
        used = {id(one.nginx): one.nginx for one in self.passes}
        return tuple(used.values()) or self.stack.nginx

    @property
    def askers(self) -> tuple[Service, ...]:
        """The services that run these nginx."""
        return tuple(one.service for one in self.nginxes if one.service is not None)

    def related(self, rules: Sequence[str]) -> tuple[Finding, ...]:
        """Return the findings of `rules` that have to do with this failure, by rule as given."""
        places = {one.placed.location for one in self.passes}
        places |= {one.placed.location for one in self.resolvers}
        asked, asking = ({one.name for one in side} for side in (self.services, self.askers))
        return tuple(
            one
            for rule in rules
            for one in self.findings
            if one.rule == rule
            and (
                _is_of(one, asking if rule in _WAITS else asked) or not places.isdisjoint(one.where)
            )
        )


def _is_of(finding: Finding, services: set[str]) -> bool:
    """Whether a finding stands in the entry of one of some services."""
    first, *rest = finding.where[0].route or ("",)
    return first == "services" and bool(rest) and str(rest[0]) in services


def join(
    stack: Stack,
    subject: Subject,
    findings: tuple[Finding, ...],
    living: Sequence[str] = (),
) -> Joined:
    """Return what a stack has to do with a failure.

    `living` names the services that have the failure's address at present, where that is known:
    it decides between services that come into question, as nginx may have kept an old address.
    """
    passes = tuple(_passes(stack, subject))
    found = [*map(stack.service_at, passes)]
    if subject.kind in _BY_NAME and not any(found):
        found.append(stack.project.by_name(subject.host))
    known = {one.name: one for one in found if one is not None}
    services = tuple(one for name, one in known.items() if name in living) or tuple(known.values())
    if len(services) < len(known):
        passes = tuple(one for one in passes if stack.service_at(one) in services)
    used = {id(one) for one in passes}
    through = (one for one in resolvers(stack) if any(id(look) in used for look in one.lookups))
    return Joined(stack, subject, passes, services, tuple(through), findings)


def _passes(stack: Stack, subject: Subject) -> Iterator[Upstream]:
    """Yield the directives that may have made nginx look for, or connect to, the subject."""
    if subject.kind is Kind.RESOLVER_UNREACHABLE:
        for one in resolvers(stack):
            if any(is_docker(server, subject.address) for server in one.servers):
                yield from one.lookups
    elif subject.is_group:
        yield from (one for one in stack.upstreams if _is_in_group(one, subject.host))
    elif subject.kind in _BY_NAME:
        at_run_time = subject.kind is not Kind.NOT_FOUND_AT_START
        named = (one for one in stack.upstreams if one.host.lower() == subject.host)
        yield from (one for one in named if one.at_run_time is at_run_time)
    elif subject.port is not None:
        on_port = [one for one in stack.upstreams if one.port == subject.port]
        yield from [one for one in on_port if _is_in_server(one, subject.server)] or on_port


def _is_in_group(one: Upstream, name: str) -> bool:
    scope = one.placed.scope
    return scope.kind == "upstream" and [arg.lower() for arg in scope.args] == [name]


def _is_in_server(one: Upstream, name: str) -> bool:
    """Whether a directive stands in the server block that nginx's log calls `name`."""
    blocks = (scope for scope in one.placed.scope.chain() if scope.kind == "server")
    named = next((found for scope in blocks if (found := scope.own("server_name"))), None)
    return named is not None and name in named.args


def project_files(joined: Joined) -> list[str]:
    """Return the project's files that may be behind the one in the container that the log names."""
    path = joined.subject.place.rpartition(":")[0]
    if not path.startswith("/"):
        return []
    containers = (joined.stack.facts[one.name].container for one in joined.askers)
    return [found for one in containers if (found := one.host_path(path))]
