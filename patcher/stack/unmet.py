"""What services need and do not wait for."""

from __future__ import annotations

from patcher.stack.compose.service import Service
from patcher.stack.links import Need
from patcher.stack.order import reachable
from patcher.stack.stack import Stack


def unmet_needs(stack: Stack, service: Service) -> dict[str, Need]:
    """Return what a service needs and does not wait for, directly or through others, by name.

    A one-shot job waits for what it was given.
    """
    if service.name in stack.jobs:
        return {}
    needs = stack.needs_of.get(service.name, ())
    waited = reachable(stack, service.name) if needs else set()
    unmet = {need.target: need for need in reversed(needs) if need.target not in waited}
    return dict(reversed(unmet.items()))
