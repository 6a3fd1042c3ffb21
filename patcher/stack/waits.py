"""What a wait can rely on: the condition that fits a service in a file.

Source: https://docs.docker.com/reference/compose-file/services/#long-syntax-1
"""

from __future__ import annotations

from typing import Final

from patcher.lang.edit_error import CannotEdit
from patcher.lang.yaml_nodes import Tree
from patcher.once import once_each
from patcher.stack.check_edits import check_edits
from patcher.stack.compose.service import Service
from patcher.stack.exclude import is_excluded
from patcher.stack.health import Health
from patcher.stack.image.healthcheck import NoProbe, Probe
from patcher.stack.stack import Stack

HEALTHY: Final = "service_healthy"
STARTED: Final = "service_started"
COMPLETED: Final = "service_completed_successfully"
_MISSING: Final = "missing-healthcheck"


def health_seen(stack: Stack, name: str, tree: Tree) -> Health:
    """Return the health of a service as a wait that is written in the file `tree` can rely on.

    A check in a later file, such as an override, is not there when the file is used without it.
    """
    health = stack.health_of(name)
    if health.probe is not None and not _can_be_added(stack, name, health.probe):
        return Health()
    value = stack.project.services[name].healthcheck if health.known else None
    if value is None:
        return health
    order = list(dict.fromkeys(one.tree.source.path for one in stack.project.documents))
    here, there = tree.source.path, value.tree.source.path
    if here in order and there in order and order.index(there) > order.index(here):
        reason = f"the health check of `{name}` is in {there}, and {here} may be used without it"
        return Health(doubt=NoProbe(reason, f"move the check to {here}"))
    return health


@once_each
def _can_be_added(stack: Stack, name: str, probe: Probe) -> bool:
    service = stack.project.services[name]
    if stack.is_ignored(_MISSING, service.location):
        return False
    try:
        edits = check_edits(stack, service, probe).edits
    except CannotEdit:
        return False
    return not any(is_excluded(edit.path, stack.settings.exclude) for edit in edits)


def weak_waits(stack: Stack, service: Service) -> dict[str, Health]:
    """Return what a service waits for the start of only, and could wait for more.

    Those are the entries without a condition whose target has a health check or can get one.
    """
    return {
        wait.service: health
        for wait in service.waits.values()
        if wait.condition is None
        and (health := health_seen(stack, wait.service, wait.value.tree))
        and (health.known or health.comes or health.doubt)
    }


def condition_for(stack: Stack, name: str, tree: Tree) -> str:
    """Return the condition to wait for a service with in the file `tree`: healthy where that works.

    Raises CannotEdit where a health check can be added but is not there yet: waiting for less now
    would have to be undone then.
    """
    health = health_seen(stack, name, tree)
    if health.comes:
        raise CannotEdit(f"`{name}` gets its health check first (missing-healthcheck)")
    return HEALTHY if health.known else STARTED
