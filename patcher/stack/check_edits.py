"""Write a `healthcheck` into a service's own definition.

Source: https://docs.docker.com/reference/compose-file/services/#healthcheck
"""

from __future__ import annotations

from patcher.lang.edit_error import CannotEdit
from patcher.lang.yaml_edit import add_entries
from patcher.lang.yaml_style import Flow
from patcher.stack.compose.service import Service
from patcher.stack.image.probes import Probe
from patcher.stack.order import inheritors
from patcher.stack.stack import Stack
from patcher.text import Edit


def check_edits(stack: Stack, service: Service, probe: Probe) -> tuple[Edit, ...]:
    """Return the edits that give a service the check `probe`.

    Raises CannotEdit, also where another service would take the check over and not answer it.
    """
    for heir in inheritors(stack, service):
        if heir.healthcheck is None and stack.health_of(heir.name).probe != probe:
            reason = f"`{heir.name}` takes it over through `extends`, and it may not fit there"
            raise CannotEdit(reason)
    entry = {
        "test": Flow(probe.test),
        "interval": probe.interval,
        "timeout": probe.timeout,
        "retries": probe.retries,
        "start_period": probe.start_period,
    }
    home = service.home
    return add_entries(home.tree, home.mapping, [("healthcheck", entry)], at=[home.route])
