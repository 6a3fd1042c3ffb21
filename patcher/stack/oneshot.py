"""A one-shot service beside an app: the same container, another command, run to its end.

Source: https://docs.docker.com/compose/how-tos/startup-order/ (`service_completed_successfully`)
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any, Final

from patcher.lang.edit_error import CannotEdit
from patcher.lang.yaml_edit import add_entries
from patcher.lang.yaml_style import Data, Flow, Quoted
from patcher.stack.compose import Service
from patcher.stack.stack import Stack
from patcher.stack.values import Value, untagged
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


def free_name(stack: Stack, wanted: str, app: str) -> str:
    """Return a service name that is not taken: `wanted`, else with the app's name before it."""
    taken = {
        *stack.project.services,
        *(n for s in stack.project.services.values() for n in s.names),
    }
    candidates = [wanted, f"{app}-{wanted}", *(f"{app}-{wanted}-{n}" for n in range(2, 100))]
    return next(name for name in candidates if name not in taken)


def oneshot_edits(
    app: Service,
    name: str,
    command: tuple[str, ...],
    waits: Mapping[str, str],
    *,
    through_entrypoint: bool,
) -> tuple[Edit, ...]:
    """Return the edit that adds the one-shot service `name` behind the app's entry.

    `waits` maps services to conditions. `through_entrypoint`: the app's entrypoint runs the
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
        entries["command"] = shlex.join(command)
    else:
        entries["entrypoint"] = Flow(command)
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
    if len(values) > 1 or values[0].tree is not app.home.tree:
        raise CannotEdit(f"`{key}` of `{app.name}` is put together from several definitions")
    return values[0]


def _copied(value: Value) -> Data:
    """Return a value to copy as written; of networks only the names where more is said of them.

    A second container cannot take the same fixed address or alias.
    """
    data: Any = untagged(value.plain)
    if value.entry.name == "networks" and isinstance(data, dict) and any(data.values()):
        return list(data)
    return value.entry
