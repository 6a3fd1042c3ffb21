"""Who needs whom: services that nginx hands requests to, and databases named by an app."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from patcher.patterns import regex
from patcher.records import dataclass
from patcher.stack.compose.project import Project
from patcher.stack.compose.service import Service
from patcher.stack.compose.values import EnvFile, untagged
from patcher.stack.facts import Facts
from patcher.stack.nginx.upstreams import Upstream

_STORES: Final = frozenset({"database", "cache", "queue", "search"})

# the settings under which a bare host name stands
_HOST_KEY: Final = regex(
    r"(?i)(^|_)(host|hosts|hostname|addr|address|server|servers|nodes|endpoint|url|uri|dsn|broker)$"
)
# the authority of a URL, its user left out; libpq, ADO.NET and Go's MySQL driver
_BEFORE_HOST: Final = (
    r"\w+://(?:[^\s/@]*@)?|@|tcp\(|(?i:(?:^|[\s;])(?:host|server|data source)\s*=\s*)"
)


@dataclass(frozen=True, slots=True)
class Need:
    """A service that another one needs: `evidence` tells where that is written."""

    service: str
    target: str
    evidence: str


def needs(
    project: Project,
    facts: Mapping[str, Facts],
    proxied: Iterable[tuple[Upstream, Service]],
) -> Iterator[Need]:
    """Yield who needs whom: nginx what it hands requests to, an app the databases it names.

    `proxied` pairs each upstream with the service that its host names.
    """
    for upstream, target in proxied:
        nginx = upstream.nginx.service
        if nginx is not None and nginx.name != target.name:
            place = upstream.placed.location
            evidence = f"`{upstream.placed.head}` in {place.path}:{place.line}"
            evidence += _also_known(upstream.host, target)
            yield Need(nginx.name, target.name, evidence)
    stores = {
        name: one.name
        for one in project.services.values()
        if (family := facts[one.name].family) is not None and family.kind in _STORES
        for name in one.names
    }
    shared = _shared_env_files(project)
    own_stores = frozenset(stores.values())
    for service in project.services.values():
        if service.name not in own_stores:
            yield from _store_needs(service, facts[service.name], stores, project, shared)


def _store_needs(
    service: Service,
    facts: Facts,
    stores: Mapping[str, str],
    project: Project,
    shared: Collection[EnvFile],
) -> Iterator[Need]:
    if service.network_mode is not None:
        return
    settings: dict[str, str | None] = dict(service.environment)
    if not any(one in shared for one in service.env_files):
        settings = {**facts.env_file_values, **settings}
    for variable, host in named_hosts(settings, stores):
        target = project.services[stores[host]]
        if service.networks.keys() & target.networks.keys() and host not in extra_hosts(service):
            evidence = f"`{variable}` in its environment names `{host}`"
            evidence += _also_known(host, target)
            yield Need(service.name, target.name, evidence)


def _also_known(host: str, target: Service) -> str:
    return "" if host == target.name else f" (`{host}` is a name of `{target.name}`)"


def extra_hosts(service: Service) -> set[str]:
    """Return the names that `extra_hosts` gives addresses of its own."""
    found: set[str] = set()
    for value in service.values("extra_hosts"):
        hosts = untagged(value.plain)
        found |= {re.split("[:=]", str(item), maxsplit=1)[0] for item in hosts or ()}
    return found


def _shared_env_files(project: Project) -> frozenset[EnvFile]:
    """Return the env files that several services read: they tell nothing of a single one."""
    files = Counter(one for each in project.services.values() for one in set(each.env_files))
    return frozenset(one for one, count in files.items() if count > 1)


def named_hosts(
    environment: Mapping[str, str | None], names: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """Yield `(variable, host)` for every variable that names one of `names` as a host.

    A value names a host as the authority of a URL, as `host=` or `server=` of a connection string,
    or, in a variable called so (`DB_HOST`, `BROKER_URL`), as the whole value or before `:port`.
    """
    for variable, value in environment.items():
        for host in (one for one in names if one in value) if value else ():
            authority = rf"(?:{_BEFORE_HOST}){re.escape(host)}(?=[\s:/,;?)\"']|$)"
            bare = rf"{re.escape(host)}(?::\d+)?"
            is_host = _HOST_KEY.search(variable) and re.fullmatch(bare, value or "")
            if is_host or re.search(authority, value or ""):
                yield variable, host
