"""Which services an nginx can reach: the networks it is on, and the names that answer there.

Sources: https://docs.docker.com/engine/network/#dns-services (names are answered on the networks
that the asking container is on), https://docs.docker.com/reference/compose-file/networks/ and
…/services/ (`network_mode`, `links`, `external_links`, `extra_hosts`).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from patcher.patterns import regex
from patcher.records import dataclass
from patcher.stack.compose.project import Project, assemble
from patcher.stack.compose.service import Service
from patcher.stack.compose.short_forms import items, named
from patcher.stack.compose.swarm import swarm_sign
from patcher.stack.compose.values import Value, untagged
from patcher.stack.files import join
from patcher.stack.links import extra_hosts
from patcher.stack.problem import Problems
from patcher.stack.stack import Stack

_MAX_HOPS: Final = 10
_COMPOSE_FILE: Final = regex(r"(?i)(compose|stack).*\.ya?ml$")


@dataclass(frozen=True, slots=True)
class Network:
    """A network: its name in the compose files, its own name where a file sets one."""

    key: str
    name: str | None
    external: bool

    @property
    def identity(self) -> tuple[str, str]:
        """What two keys have in common that mean one network."""
        return ("", self.key) if self.name is None else ("name", self.name)


def network(project: Project, key: str) -> Network:
    """Return what the files say of the network `key`."""
    name, external = None, False
    for value in project.networks(key):
        options = named(value)
        outer = options.get("external")
        external = bool(outer) if outer is not None else external
        if isinstance(outer, dict) and "name" in outer:  # the form of file version 3.4 and older
            name = value.text(outer["name"])
        name = value.text(options["name"]) if options.get("name") else name
    return Network(key, name or (key if external else None), external)


def network_owner(project: Project, service: Service) -> Service | None:
    """Return the service whose networks a service uses: itself, or the one it shares them with.

    None where that is the host's, none, Docker's default bridge, or a container outside.
    """
    for _ in range(_MAX_HOPS):
        if service.network_mode is None:
            return service
        kind, _, name = service.network_mode.partition(":")
        other = project.services.get(name)
        if kind != "service" or other is None:
            return None
        service = other
    return None


def networks_of(project: Project, service: Service) -> tuple[Network, ...]:
    """Return the networks that a service itself is on; none with a `network_mode`."""
    return tuple(network(project, key) for key in service.networks)


def shared(one: tuple[Network, ...], other: tuple[Network, ...]) -> list[Network]:
    """Return the networks of `one` that `other` has, too."""
    known = {network.identity for network in other}
    return [network for network in one if network.identity in known]


def neighbours(project: Project, service: Service) -> list[Service]:
    """Return the other services that share a network with a service, in the order of the files."""
    own = networks_of(project, service)
    others = (one for one in project.services.values() if one is not service)
    return [one for one in others if shared(own, networks_of(project, one))]


def answering(project: Project, service: Service, host: str) -> tuple[Network, ...]:
    """Return the networks on which Docker's DNS answers `host` with a service.

    Aliases are known on their own network only, the other names of a service on all that it is on.
    """
    aliases = [key for key, names in service.networks.items() if host in names]
    is_own = host in (service.name, service.container_name, service.text("hostname"))
    keys = list(service.networks) if is_own else aliases
    return tuple(network(project, key) for key in keys)


def is_answered(project: Project, asking: Service, host: str) -> bool:
    """Tell whether Docker's DNS answers a service that asks for `host`, a name of the project."""
    own = networks_of(project, asking)
    named = (one for one in project.services.values() if host in one.names)
    return any(one is asking or shared(own, answering(project, one, host)) for one in named)


def own_hosts(service: Service) -> set[str]:
    """Return the names that only this service knows, in lower case.

    Those of `extra_hosts`, and the aliases of `links` and `external_links`.
    """
    found = extra_hosts(service)
    for key in ("links", "external_links"):
        for value in service.values(key):
            found |= {text.rpartition(":")[2] for text in _texts(value)}
    return {name.lower() for name in found}


def has_own_lookup(service: Service) -> bool:
    """Tell whether a service looks names up in a way of its own: name servers, hosts, domains."""
    if any(service.get(key) is not None for key in ("dns", "dns_search", "domainname")):
        return True
    targets = [mount.target for mount in service.mounts]
    return any(path in ("/etc/hosts", "/etc/resolv.conf", "/etc") for path in targets)


def is_whole(project: Project) -> bool:
    """Tell whether every file that defines the project's services lies inside of it."""
    sections = (document.section("include") for document in project.documents)
    included = (path for value in sections if value is not None for path in _included(value))
    return all(included) and not any(
        _leads_out(value)
        for service in project.services.values()
        for part in service.parts
        if (value := part.get("extends")) is not None
    )


def _included(value: Value) -> Iterator[bool]:
    """Yield for each path of an `include:` whether it lies inside of the project."""
    for item in items(value):
        paths = item.get("path") if isinstance(item, dict) else item
        for path in paths if isinstance(paths, list) else [paths]:
            yield join(value.base, value.text(path)) is not None


def _leads_out(extends: Value) -> bool:
    options = untagged(extends.plain)
    path = options.get("file") if isinstance(options, dict) else None
    return path is not None and join(extends.base, extends.text(path)) is None


def _texts(value: Value) -> list[str]:
    return [value.text(one) for one in items(value)]


def is_generated(project: Project, host: str) -> bool:
    """Tell whether a host may be a name that is made up of a service's.

    Compose calls containers `<project>-<service>-1`, its first version `<project>_<service>_1`;
    Swarm calls services `<stack>_<service>`.
    """
    stacked = swarm_sign(project) is not None
    patterns = [r".+[-_]{}[-_]\d+", *([r".+_{}"] if stacked else [])]
    return any(
        re.fullmatch(pattern.format(re.escape(name)), host, re.IGNORECASE)
        for name in project.services
        for pattern in patterns
    )


def names_beside(stack: Stack) -> set[str]:
    """Return the services and their names, in lower case, of compose files that are not read.

    They lie beside those that are, and are meant for a further `-f`, or for another project.
    """
    read = {document.tree.source.path for document in stack.project.documents}
    found: set[str] = set()
    for folder in sorted({posixpath.dirname(path) for path in read} | {""}):
        for name in stack.files.list_dir(folder or "."):
            path = posixpath.join(folder, name)
            if path not in read and _COMPOSE_FILE.search(name):
                found |= _names_in(assemble(stack.files, (path,), {}, Problems()))
    return found


def _names_in(project: Project) -> set[str]:
    return {name.lower() for one in project.services.values() for name in one.names}
