"""A one-shot service beside an app: the same container, another command, run to its end.

Source: https://docs.docker.com/compose/how-tos/startup-order/ (`service_completed_successfully`)
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Mapping
from typing import Final

from patcher.lang.edit_error import CannotEdit
from patcher.lang.yaml_edit import add_entries
from patcher.lang.yaml_nodes import MERGE_KEY, Alias, Entry
from patcher.lang.yaml_nodes import Mapping as YamlMapping
from patcher.lang.yaml_style import Data, Flow, Merged, Quoted
from patcher.records import dataclass
from patcher.stack.compose.service import Service
from patcher.stack.compose.short_forms import items
from patcher.stack.copies import copied, single
from patcher.stack.order import reachable
from patcher.stack.shared import users_of
from patcher.stack.stack import Stack
from patcher.stack.waits import COMPLETED, HEALTHY, condition_for
from patcher.text import Edit

# what makes the container the same; no ports, no container_name, no labels, no deploy
_COPIED: Final = (
    "profiles",
    "image",
    "build",
    "pull_policy",
    "platform",
    "user",
    "group_add",
    "userns_mode",
    "privileged",
    "cap_add",
    "security_opt",
    "working_dir",
    "env_file",
    "environment",
    "volumes",
    "volumes_from",
    "tmpfs",
    "network_mode",
    "networks",
    "links",
    "external_links",
    "extra_hosts",
    "dns",
    "dns_search",
    "secrets",
    "configs",
)


# what may come along where the app's merge keys are copied as they are
_HARMLESS: Final = (
    "cap_drop",
    "cpus",
    "init",
    "logging",
    "mem_limit",
    "read_only",
    "shm_size",
    "stdin_open",
    "stop_grace_period",
    "stop_signal",
    "tty",
    "ulimits",
)

_ATTACHING: Final = ("links", "volumes_from")


def free_name(stack: Stack, wanted: str, app: str) -> str:
    """Return a service name that is not taken: `wanted`, else with the app's name before it."""
    taken = {
        *stack.project.services,
        *(n for s in stack.project.services.values() for n in s.names),
    }
    candidates = [wanted, f"{app}-{wanted}", *(f"{app}-{wanted}-{n}" for n in range(2, 100))]
    return next(name for name in candidates if name not in taken)


def oneshot_waits(
    stack: Stack, app: Service, databases: Collection[str], users: Collection[str]
) -> dict[str, str]:
    """Return what a one-shot service beside `app` waits for: services and conditions.

    That is its databases, healthy, and the jobs that the app waits for to end. `users` are the
    services that will wait for the one-shot service. Raises CannotEdit where a database cannot be
    waited for, a job may belong behind the one-shot service, or a circle would close.
    """
    waits = {name: _database_wait(stack, app, name) for name in databases}
    for wait in app.waits.values():
        if wait.condition != COMPLETED:
            continue
        if wait.service in users:
            raise CannotEdit(
                f"`{wait.service}` of the same image ends before `{app.name}` starts: whether it "
                "needs the tables, or migrating needs it, is not known"
            )
        waits[wait.service] = COMPLETED
    for name in (*waits, *_attached(app)):
        circle = {name, *reachable(stack, name)}.intersection(users)
        if circle:
            raise CannotEdit(f"`{name}` itself needs `{min(circle)}`, which would wait for it")
    return waits


def _database_wait(stack: Stack, app: Service, name: str) -> str:
    database = stack.project.services[name]
    if not runs_with(app, database):
        raise CannotEdit(f"`{name}` belongs to a profile that may be off")
    wait = app.waits.get(name)
    homes = [database.home.tree, wait.value.tree if wait else None]
    if app.home.tree not in homes:
        raise CannotEdit(f"`{name}` is not defined in {app.home.tree.source.path}")
    condition = condition_for(stack, name, app.home.tree)
    if condition != HEALTHY:
        raise CannotEdit(f"`{name}` cannot report its health, so nothing can wait for it")
    return condition


def runs_with(service: Service, other: Service) -> bool:
    """Whether `other` is on whenever the service is, by their profiles."""
    return not other.profiles or (
        bool(service.profiles) and set(service.profiles) <= set(other.profiles)
    )


def _attached(app: Service) -> list[str]:
    """Return the services that a copy of the app's container starts after, without a wait."""
    named = [
        value.text(one) for key in _ATTACHING for value in app.values(key) for one in items(value)
    ]
    kind, _, other = (app.network_mode or "").partition(":")
    return [*(name.partition(":")[0] for name in named), *([other] if kind == "service" else [])]


def oneshot_edits(
    stack: Stack,
    app: Service,
    name: str,
    command: tuple[str, ...],
    waits: Mapping[str, str],
    *,
    through_entrypoint: bool,
) -> tuple[Edit, ...]:
    """Return the edit that adds the one-shot service `name` behind the app's entry.

    `waits` maps services to conditions. Dollar signs in `command` are the container's: they are
    doubled, so that Compose leaves them alone. `through_entrypoint`: the app's entrypoint runs the
    command it is given; else the command takes its place. Raises CannotEdit where the app is
    defined over several files, or its entries cannot be copied.
    """
    home = app.home
    entries = _copies(stack, app, through_entrypoint=through_entrypoint)
    if through_entrypoint:
        entries["command"] = shlex.join(command).replace("$", "$$")
    else:
        entries["entrypoint"] = Flow(tuple(word.replace("$", "$$") for word in command))
    entries["depends_on"] = {one: {"condition": how} for one, how in waits.items()}
    entries["restart"] = Quoted("no")
    return add_entries(
        home.tree, home.services, [(name, entries)], at=[home.route[:-1]], after=home.entry
    )


def _copies(stack: Stack, app: Service, *, through_entrypoint: bool) -> dict[str, Data]:
    """Return what makes the app's container, its merge key first where that may be copied."""
    keys = (*_COPIED, "entrypoint") if through_entrypoint else _COPIED
    found = {key: value for key in keys if (value := single(app, key)) is not None}
    replaced = {"entrypoint", "depends_on", "restart", *(["command"] * through_entrypoint)}
    copies = {key: copied(value) for key, value in found.items()}
    merge = _merge(app)
    if merge is None or not _may_merge(stack, app, merge, found, replaced):
        return copies
    rest = {key: data for key, data in copies.items() if data is not merge.brought.get(key)}
    return {MERGE_KEY: merge.data, **rest}


@dataclass(frozen=True, slots=True)
class _Merge:
    """What a copy of a service may merge as well, and which of its entries come in by that."""

    data: Merged | Entry
    sources: tuple[YamlMapping, ...]
    brought: dict[str, Entry]


def _merge(app: Service) -> _Merge | None:
    mapping = app.home.mapping
    if isinstance(app.home.entry.value, Alias):
        return _Merge(Merged(mapping), (mapping,), mapping.resolved)
    entry = next((one for one in mapping.entries if one.is_merge), None)
    if entry is None:
        return None
    brought = {name: one for name, one in mapping.resolved.items() if name not in mapping.own}
    return _Merge(entry, mapping.merged, brought)


def _may_merge(
    stack: Stack, app: Service, merge: _Merge, found: Collection[str], replaced: Collection[str]
) -> bool:
    """Tell whether a merge brings something, and nothing that a one-shot service must not have.

    `found` are the keys that are copied, `replaced` those that it writes itself. A port or a check
    that comes by a merge key cannot be taken away again: Compose 2.40 reads `!reset` beside one as
    if it were not there.
    """
    keys = {name for one in merge.sources for name in one.resolved}
    if not keys <= {*found, *replaced, *_HARMLESS} or not merge.brought.keys() & set(found):
        return False
    users = [user for one in merge.sources for user in users_of(stack, app.home.tree, one) or ()]
    return not any(stack.health_of(user.name).comes for user in users)  # it may get a check
