"""A service that dumps a database again and again, from the database's own image."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from patcher.lang.edit_error import CannotEdit
from patcher.lang.yaml_edit import add_entries
from patcher.lang.yaml_nodes import Alias
from patcher.lang.yaml_style import Data, Literal
from patcher.patterns import regex
from patcher.stack.backup_script import FAMILIES, FOLDER, Server, script
from patcher.stack.check_edits import check_edits
from patcher.stack.compose.documents import Document
from patcher.stack.compose.service import Service
from patcher.stack.compose.short_forms import assignments, named
from patcher.stack.compose.values import Value
from patcher.stack.copies import copied, single
from patcher.stack.facts import Facts
from patcher.stack.image.healthcheck import NoProbe
from patcher.stack.image.reference import parse_reference
from patcher.stack.migrate.oneshot import free_name
from patcher.stack.persistence import runs_server
from patcher.stack.stack import Stack
from patcher.stack.start.trace import trace
from patcher.stack.start.wrappers import basename
from patcher.stack.top_level import declare
from patcher.stack.waits import HEALTHY
from patcher.text import Edit, joined

_COPIED: Final = (
    "profiles",
    "image",
    "build",
    "pull_policy",
    "platform",
    "env_file",
    "environment",
    "networks",
    "secrets",
)
_DUMPS: Final = regex(
    r"pg_dump(all)?|pg_basebackup|pg_receivewal|pgbackrest|wal-[ge]|barman|mysqldump|mysqlpump|"
    r"mydumper|mariadb-(dump|backup)|mariabackup|xtrabackup|mongodump"
)
_BACKUP: Final = regex(r"(?i)back-?up|restic|pgbackrest|wal-g|barman|velero|litestream")
_SECRET: Final = regex(
    r"(?i)(password|passwd|secret|token|key|url|dsn|credentials?)(?!.*(_file|_policy)$)"
)
# these run as root: a new volume belongs to root
_AS_ROOT: Final = frozenset(
    {
        "postgres",
        "postgis/postgis",
        "timescale/timescaledb",
        "pgvector/pgvector",
        "ankane/pgvector",
        "citusdata/citus",
        "mysql",
        "mariadb",
        "mongo",
    }
)
_UNUSUAL: Final = {
    "postgres": ("POSTGRES_USER_FILE",),
    "mysql": ("MYSQL_ROOT_HOST", "MYSQL_RANDOM_ROOT_PASSWORD"),
    "mariadb": (
        "MARIADB_ROOT_HOST",
        "MYSQL_ROOT_HOST",
        "MARIADB_RANDOM_ROOT_PASSWORD",
        "MYSQL_RANDOM_ROOT_PASSWORD",
        "MARIADB_ROOT_PASSWORD_HASH",
    ),
    "mongo": (),
}


def databases(stack: Stack) -> Iterator[Facts]:
    """Yield the database servers of a stack that a dump program of their image can save."""
    for name, facts in stack.facts.items():
        known = facts.family is not None and facts.family.name in FAMILIES
        if known and name not in stack.jobs and runs_server(facts):
            yield facts


def is_backed_up(stack: Stack, database: Service) -> bool:
    """Tell whether something in the stack dumps a database, or may: a backup tool's own image."""
    return any(database.name in _saved(stack, facts) for facts in stack.facts.values())


def _saved(stack: Stack, facts: Facts) -> list[str]:
    """Return the databases that a service dumps: those that it names, all where it names none."""
    every = [one.service for one in databases(stack)]
    steps = [step.words for step in trace(facts.start).steps if step.live]
    dumps = [words for words in steps if _DUMPS.fullmatch(basename(words))]
    if not dumps and not _BACKUP.search(f"{facts.service.name} {facts.base_image}"):
        return []
    hosts = {part for words in dumps for word in words for part in re.split("[=:@/]", word)}
    named = [one.name for one in every if not one.names.isdisjoint(hosts)]
    return named or [one.name for one in every]


def backup_edits(stack: Stack, facts: Facts) -> tuple[str, tuple[Edit, ...]]:
    """Return the name of a new backup service for a database, and the edits that add it.

    Raises CannotEdit where it is not certain that the dump would work, or that the edits show no
    secret.
    """
    service, settings = facts.service, stack.settings
    server = _server(facts)
    _refuse(facts)
    name = free_name(stack, settings.backup_service, service.name)
    document = _document(stack, service)
    volume = _free_volume(document, f"{name.replace('-', '_')}s")
    entries: dict[str, Data] = {}
    for key in _COPIED:
        if (value := single(service, key)) is not None:
            _refuse_secrets(value)
            entries[key] = copied(value)
    waits, checks = _waits(stack, service)
    text = script(server, settings.backup_schedule, settings.backup_keep_days)
    entries |= {
        "volumes": [f"{volume}:{FOLDER}"],
        "init": True,  # so that a shell that sleeps ends at once
        "entrypoint": ["sh", "-euc", Literal(text)],
        **waits,
        "restart": "unless-stopped",
    }
    home = service.home
    services = [home.route[:-1]]
    edits = [
        *checks,
        *add_entries(home.tree, home.services, [(name, entries)], at=services, after=home.entry),
        *declare(document, "volumes", volume, None),
    ]
    return name, joined(edits)


def _document(stack: Stack, service: Service) -> Document:
    home = service.home
    documents = (one for one in stack.project.documents if one.tree is home.tree)
    found = next((one for one in documents if home.route[: len(one.route)] == one.route), None)
    if found is None:
        raise CannotEdit(f"`{service.name}` is defined in a file that only `extends` names")
    return found


def _free_volume(document: Document, wanted: str) -> str:
    section = document.section("volumes")
    taken = named(section) if section is not None else {}
    return next(
        name for name in (wanted, *(f"{wanted}_{n}" for n in range(2, 99))) if name not in taken
    )


def _server(facts: Facts) -> Server:
    """Return how to reach the server; raises CannotEdit where its port is not known."""
    family = facts.family
    probe = facts.probe((), None)
    if family is None or isinstance(probe, NoProbe):
        raise CannotEdit(probe.reason if isinstance(probe, NoProbe) else "its image is not known")
    port = None if probe.port in family.ports else probe.port
    return Server(family.name, facts.service.name, port, frozenset(facts.environment))


def _refuse(facts: Facts) -> None:
    service, family = facts.service, facts.family
    name = parse_reference(facts.base_image).name
    if name not in _AS_ROOT or (facts.stage is not None and facts.stage.user):
        raise CannotEdit(
            f"whether the user of the image {name} may write to a new volume is not known"
        )
    if service.network_mode is not None:
        raise CannotEdit(f"`{service.name}` has a `network_mode`, so its name may not be known")
    unusual = [one for one in _UNUSUAL[family.name if family else ""] if one in facts.environment]
    if unusual:
        raise CannotEdit(f"`{unusual[0]}` says that its superuser is not the usual one")


def _refuse_secrets(value: Value) -> None:
    """Refuse to repeat a secret that stands in the file: the diff would show it."""
    if value.entry.name != "environment" or isinstance(value.entry.value, Alias):
        return
    if value.entry.value.anchor is not None:
        return
    texts = assignments(value, value.plain)
    for name, written in _written(value).items():
        if _SECRET.search(name) and written and "$" not in written and texts.get(name):
            raise CannotEdit(f"the value of `{name}` stands in the file, and would be repeated")


def _written(value: Value) -> dict[str, str]:
    """Return names and values of an `environment` as they are written."""
    pairs = named(value)
    split = (name.partition("=") for name, one in pairs.items() if one is None)
    return {
        **{name: str(one) for name, one in pairs.items() if one is not None},
        **{name: text for name, _, text in split},
    }


def _waits(stack: Stack, service: Service) -> tuple[dict[str, Data], tuple[Edit, ...]]:
    """Return the wait for a healthy database, with the check that it needs; else no wait.

    The script tries again by itself, so a wait only keeps the first dump from failing.
    """
    health = stack.health_if_needed(service.name)
    wait: dict[str, Data] = {"depends_on": {service.name: {"condition": HEALTHY}}}
    if health.known:
        return wait, ()
    if health.probe is None:
        return {}, ()
    try:
        return wait, check_edits(stack, service, health.probe).edits
    except CannotEdit:
        return {}, ()
