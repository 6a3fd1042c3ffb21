"""nginx hands requests to a service that is on none of its networks.

## What it finds

A host in `proxy_pass` (or another pass directive) or in an `upstream` block that names a service of
the stack, where nginx and that service have no network in common; where the name is an alias on a
network that nginx is not on; and where the service has no network of its own, because of its
`network_mode`, so that nothing answers to its name. Networks count as one where they have one name
in the end.

It says nothing of an nginx that is not on networks of the project (`network_mode: host`), of one
that knows the name through `extra_hosts`, and where a file of the project cannot be read.

## Why it matters

Docker's DNS answers only the names of the networks that the asking container is on. nginx does not
start with a literal name that it cannot look up (`host not found in upstream`); with a name in a
variable it answers 502.

## What the fix does on the next `up`

There is no fix: services are kept on networks of their own for a reason that the files do not tell.
The report shows the networks of both sides.

## Fix safety

Nothing is written.

## References

- https://docs.docker.com/engine/network/#dns-services
- https://docs.docker.com/reference/compose-file/services/#network_mode
"""

from __future__ import annotations

from collections.abc import Iterator

from patcher.finding import Finding, Fixable, NoFix, Severity
from patcher.rules.base import Rule
from patcher.stack.compose.project import Project
from patcher.stack.compose.service import Service
from patcher.stack.nginx.upstreams import Upstream
from patcher.stack.reach import (
    answering,
    is_answered,
    is_whole,
    network_owner,
    networks_of,
    own_hosts,
)
from patcher.stack.resolvers import shown
from patcher.stack.stack import Stack


def check(stack: Stack) -> Iterator[Finding]:
    """Yield one finding for each service that an nginx asks and cannot reach."""
    if stack.problems or not is_whole(stack.project):
        return
    found: dict[tuple[str, str, str], list[Upstream]] = {}
    for upstream in stack.upstreams:
        asking = _asking(stack, upstream)
        target = stack.service_at(upstream)
        if asking is None or target is None:
            continue
        if not is_answered(stack.project, asking, upstream.host):
            found.setdefault((asking.name, target.name, upstream.host), []).append(upstream)
    for (asking_name, target_name, _), used in found.items():
        services = stack.project.services
        yield _finding(stack.project, services[asking_name], services[target_name], used)


def _asking(stack: Stack, upstream: Upstream) -> Service | None:
    """Return the service whose networks the asking nginx uses, None where that is not known."""
    nginx = upstream.nginx.service
    owner = network_owner(stack.project, nginx) if nginx is not None else None
    return None if owner is None or upstream.host.lower() in own_hosts(owner) else owner


def _finding(project: Project, asking: Service, target: Service, used: list[Upstream]) -> Finding:
    first = used[0]
    places = {one.placed.key: one.placed.location for one in used}
    more = f" and {len(places) - 1} more like it" if len(places) > 1 else ""
    return RULE.finding(
        f"nginx hands requests to `{first.host}`, which is not answered on any of its networks",
        f"`{first.placed.head}`{more}; {_networks(project, asking)}; {_networks(project, target)}",
        (*places.values(), target.location),
        NoFix(
            "how the two should reach each other is not known",
            _by_hand(project, asking, target, first.host),
        ),
    )


def _networks(project: Project, service: Service) -> str:
    if service.network_mode is not None:
        return f"`{service.name}` has `network_mode: {service.network_mode}`"
    names = [one.key for one in networks_of(project, service)]
    return f"`{service.name}` is on {shown(names)}"


def _by_hand(project: Project, asking: Service, target: Service, host: str) -> str:
    keys = [one.key for one in answering(project, target, host)]
    if keys:
        return f"put nginx on {shown(keys)}, where `{host}` is answered"
    owner = network_owner(project, target)
    if owner is None:
        return f"take the `network_mode` of `{target.name}` away, or name an address"
    if owner is asking:
        return "name `127.0.0.1`: the two use one network"
    return f"name `{owner.name}`, whose network it uses"


RULE = Rule.of(__name__, __doc__, Severity.WARNING, Fixable.NEVER, check)
