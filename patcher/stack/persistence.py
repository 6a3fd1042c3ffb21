"""Where a database keeps its data, and whether that outlives its container.

Sources: the images' own Dockerfiles and documentation (Docker Hub: postgres, mysql, mariadb, mongo,
percona, clickhouse/clickhouse-server, timescale/timescaledb-ha, bitnami/*).
"""

from __future__ import annotations

import posixpath
from typing import Final

from patcher.stack.compose.service import Service
from patcher.stack.compose.short_forms import items
from patcher.stack.compose.values import Value
from patcher.stack.facts import Facts
from patcher.stack.image.reference import Reference, parse_reference
from patcher.stack.start.wrappers import basename

_PATHS: Final = {
    "postgres": "/var/lib/postgresql/data",
    "mysql": "/var/lib/mysql",
    "mariadb": "/var/lib/mysql",
    "percona": "/var/lib/mysql",
    "mongo": "/data/db",
    "clickhouse": "/var/lib/clickhouse",
}
_SERVERS: Final = frozenset(
    ["postgres", "mysqld", "mariadbd", "mysqld_safe", "mariadbd-safe", "mongod", "mongos"]
)
# since 18 the image keeps each major version in a directory of its own below this one
_POSTGRES_18: Final = "/var/lib/postgresql"


def data_path(facts: Facts) -> str | None:
    """Return the container directory in which a database server keeps its data.

    None where the service is no database server, or the directory is not certain.
    """
    family = facts.family
    if family is None or family.kind != "database" or not runs_server(facts):
        return None
    reference = parse_reference(facts.base_image)
    usual = _usual(reference, family.name)
    if family.name != "postgres" or usual is None or "PGDATA" not in facts.environment:
        return usual
    chosen = facts.environment["PGDATA"] or ""
    return posixpath.normpath(chosen) if chosen.startswith("/") and "$" not in chosen else None


def _usual(reference: Reference, family: str) -> str | None:
    if "bitnami" in reference.repository:
        return f"/bitnami/{reference.repository.rpartition('/')[2]}"
    if reference.repository == "timescale/timescaledb-ha":
        return "/home/postgres/pgdata"
    if reference.name == "postgres":
        if reference.label == "latest" or "$" in reference.label:
            return None
        if reference.version is None or reference.version >= (18, 0):
            return _POSTGRES_18
    return _PATHS.get(family)


def runs_server(facts: Facts) -> bool:
    """Tell whether a service of a database's image runs its server, and not a client."""
    words = facts.words
    named = any(basename((word,)) in _SERVERS for word in words)
    return not words or named or words[0].startswith("-")


def is_kept(service: Service, path: str) -> bool:
    """Tell whether a mount that the files name keeps what a container writes to `path`.

    A volume without a name does not: the next container after `down` gets another one. What
    cannot be read counts as kept.
    """
    if any(service.values(key) for key in ("volumes_from", "tmpfs")):
        return True
    mounted = (
        _mounted(value, item) for value in service.values("volumes") for item in items(value)
    )
    return any(
        named and (not target or "$" in target or _shares(posixpath.normpath(target), path))
        for named, target in mounted
    )


def _mounted(value: Value, item: object) -> tuple[bool, str]:
    """Return whether a mount names what it mounts, and its place in the container."""
    if isinstance(item, dict):
        named = bool(item.get("source")) or item.get("type") == "tmpfs"
        return named, value.text(item.get("target"))
    _, *named = value.text(item).split(":")
    return bool(named), named[0] if named else ""


def _shares(mounted: str, path: str) -> bool:
    """Whether one of two directories lies in the other."""
    one, other = f"{mounted.rstrip('/')}/", f"{path}/"
    return one.startswith(other) or other.startswith(one)
