"""Stacks that are made for Swarm: `docker stack deploy` reads the same files in another way.

It ignores the order of `depends_on` and refuses its long form ("depends_on must be a list"), needs
an image for every service, and restarts tasks whose health check fails.

Source: https://docs.docker.com/reference/cli/docker/stack/deploy/ and docker/cli issue 3880
"""

from __future__ import annotations

from typing import Final

from patcher.finding import NoFix
from patcher.once import once_each
from patcher.stack.compose.project import Project
from patcher.stack.compose.service import Service
from patcher.stack.compose.values import untagged

_ONLY_SWARM: Final = ("placement", "update_config", "rollback_config", "endpoint_mode")
_MODES: Final = frozenset(["global", "replicated-job", "global-job"])


@once_each
def swarm_sign(project: Project) -> str | None:
    """Return what shows that a project is deployed to Swarm, None where nothing does.

    Compose takes the same settings and ignores them; a service without an image, or a `depends_on`
    that Swarm refuses, tells that it is Compose which reads the files.
    """
    services = project.services.values()
    if any(one.image is None or _has_long_wait(one) for one in services):
        return None
    found = next((sign for one in services if (sign := _deploy_sign(one))), None)
    return found or _overlay(project)


def refusal(project: Project) -> NoFix | None:
    """Return why waits cannot be written into a project's files, None where they can."""
    sign = swarm_sign(project)
    if sign is None:
        return None
    reason = (
        f"{sign} is for Swarm: `docker stack deploy` ignores `depends_on`, and refuses a file with "
        "its long form"
    )
    return NoFix(reason, "let the program try again until what it needs answers")


def _has_long_wait(service: Service) -> bool:
    return any(isinstance(untagged(one.plain), dict) for one in service.values("depends_on"))


def _deploy_sign(service: Service) -> str | None:
    for value in service.values("deploy"):
        options = untagged(value.plain)
        if not isinstance(options, dict):
            continue
        for key in _ONLY_SWARM:
            if key in options:
                return f"`deploy.{key}` of `{service.name}`"
        if str(options.get("mode")) in _MODES:
            return f"`deploy.mode: {options['mode']}` of `{service.name}`"
    return None


def _overlay(project: Project) -> str | None:
    for document in project.documents:
        section = document.section("networks")
        networks = untagged(section.plain) if section else None
        for name, options in networks.items() if isinstance(networks, dict) else ():
            data = untagged(options)
            if isinstance(data, dict) and data.get("driver") == "overlay":
                return f"the overlay network `{name}`"
    return None
