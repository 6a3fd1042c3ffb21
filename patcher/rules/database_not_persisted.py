"""A database keeps its data in the container only.

## What it finds

A database server without a named volume or a bind mount where it keeps its data: PostgreSQL (also
in `PGDATA`), MySQL, MariaDB, Percona, MongoDB, ClickHouse. A volume without a name counts as none.
Silent for a `tmpfs`, which says that the data is not to be kept, and where the directory is not
certain.

## Why it matters

The images declare a volume, so the data survives `docker compose up -d`. But that volume has no
name: after `docker compose down` the next container gets a new, empty one. `docker volume prune`
removes the old one for good.

## What the fix does on the next `up`

Nothing: there is no fix. Adding a volume gives the database an empty directory, and what it holds
now stays in the old one. The finding shows the lines to add, after the data has been dumped.

## Fix safety

Never written: whether the data matters, and where it is now, only the operator knows.

## References

- https://docs.docker.com/engine/storage/volumes/
- https://docs.docker.com/reference/cli/docker/compose/down/
"""

from __future__ import annotations

from collections.abc import Iterator

from patcher.finding import Finding, Fixable, NoFix, Severity
from patcher.rules.base import Rule
from patcher.stack.compose.service import Service
from patcher.stack.persistence import data_path, is_kept
from patcher.stack.stack import Stack


def check(stack: Stack) -> Iterator[Finding]:
    """Yield one finding for each database whose data has no place of its own."""
    for name, facts in stack.facts.items():
        path = data_path(facts) if name not in stack.jobs else None
        if path is not None and not is_kept(facts.service, path):
            yield _finding(facts.service, path)


def _finding(service: Service, path: str) -> Finding:
    volume = f"{service.name.replace('-', '_')}_data"
    by_hand = (
        f"dump its data, add `volumes: [{volume}:{path}]` to `{service.name}` and `{volume}:` to "
        "the top-level `volumes`, then `up -d` and restore"
    )
    place = service.get("volumes") or service.get("image")
    return RULE.finding(
        f"`{service.name}` loses its data with `docker compose down`",
        f"no named volume and no bind mount at {path}",
        (service.location if place is None else place.location,),
        NoFix("a new volume is empty, and what the database holds now would not be in it", by_hand),
    )


RULE = Rule.of(__name__, __doc__, Severity.WARNING, Fixable.NEVER, check)
