"""A one-shot service beside an app: the same container, another command, run to its end.

Source: https://docs.docker.com/compose/how-tos/startup-order/ (`service_completed_successfully`)
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Mapping
from typing import Any, Final

from patcher.lang.edit_error import CannotEdit
from patcher.lang.yaml_edit import add_entries
from patcher.lang.yaml_style import Data, Flow, Quoted
from patcher.stack.compose.service import Service
from patcher.stack.compose.short_forms import items
from patcher.stack.compose.values import Value, untagged
from patcher.stack.order import reachable
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
    entries: dict[str, Data] = {}
    for key in _COPIED:
        if (value := _single(app, key)) is not None:
            entries[key] = _copied(value)
    if through_entrypoint:
        if (entrypoint := _single(app, "entrypoint")) is not None:
            entries["entrypoint"] = entrypoint.entry
        entries["command"] = shlex.join(command).replace("$", "$$")
    else:
        entries["entrypoint"] = Flow(tuple(word.replace("$", "$$") for word in command))
    entries["depends_on"] = {one: {"condition": how} for one, how in waits.items()}
    entries["restart"] = Quoted("no")
    return add_entries(
        home.tree, home.services, [(name, entries)], at=[home.route[:-1]], after=home.entry
    )


def _single(app: Service, key: str) -> Value | None:
    """Return the one definition of a key, which must be in the app's own file."""
    values = app.values(key)
    if not values:
        return None
    if len(values) > 1:
        raise CannotEdit(f"`{key}` of `{app.name}` is put together from several definitions")
    if values[0].tree is not app.home.tree:
        path = values[0].tree.source.path
        raise CannotEdit(f"`{key}` of `{app.name}` is defined in another file, {path}")
    return values[0]


def _copied(value: Value) -> Data:
    """Return a value to copy as written; of networks only the names where more is said of them.

    A second container cannot take the same fixed address or alias.
    """
    data: Any = untagged(value.plain)
    if value.entry.name == "networks" and isinstance(data, dict) and any(data.values()):
        return list(data)
    return value.entry
