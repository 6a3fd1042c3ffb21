"""What runs at present: the project's containers as the Docker daemon tells them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from patcher.diagnose.docker import NoAnswer, ask
from patcher.records import dataclass

_MAX_CONTAINERS: Final = 200
_PROJECT: Final = "com.docker.compose.project"
_SERVICE: Final = "com.docker.compose.service"
_ONE_OFF: Final = "com.docker.compose.oneoff"

# only what is needed: a container's environment, which may hold passwords, does not leave Docker.
# The names are those of the client's own types: for any other it falls back to the bare answer, in
# which a container without a check has no `Health`, and that is an error.
_FORMAT: Final = (
    '{"id":{{json .ID}},"status":{{json .State.Status}},"exit":{{json .State.ExitCode}},'
    '"oom":{{json .State.OOMKilled}},"started":{{json .State.StartedAt}},'
    '"restarts":{{json .RestartCount}},"networks":{{json .NetworkSettings.Networks}},'
    '"health":{{if .State.Health}}{{json .State.Health.Status}}{{else}}null{{end}},'
    '"labels":{{json .Config.Labels}}}'
)


@dataclass(frozen=True, slots=True)
class Container:
    """One container of the project; `networks` are its addresses by network, times are UTC."""

    id: str
    service: str
    status: str
    exit_code: int
    out_of_memory: bool
    started: str
    restarts: int
    health: str | None
    networks: Mapping[str, str]

    @property
    def is_running(self) -> bool:
        """Whether it runs at present."""
        return self.status == "running"

    @property
    def state(self) -> str:
        """Its state in words."""
        parts = [self.status]
        if not self.is_running:
            parts.append(f"exit code {self.exit_code}")
        if self.out_of_memory:
            parts.append("out of memory")
        if self.restarts:
            times = "once" if self.restarts == 1 else f"{self.restarts} times"
            parts.append(f"restarted {times}")
        if self.health:
            parts.append(self.health)
        return ", ".join(parts)


def containers(project: str) -> tuple[Container, ...]:
    """Return the containers of a Compose project, also those that do not run.

    Raises NoAnswer where Docker does not tell them.
    """
    label = f"label={_PROJECT}={project}"
    ids = ask("ps", "--all", "--quiet", "--no-trunc", "--filter", label).split()
    if not ids:
        return ()
    listed = ids[:_MAX_CONTAINERS]
    lines = ask("inspect", "--type", "container", "--format", _FORMAT, *listed).splitlines()
    try:
        found = [json.loads(line) for line in lines if line.strip()]
        told = [_container(one) for one in found if not _is_one_off(one)]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise NoAnswer("docker inspect did not print what was asked for") from None
    return tuple(sorted(told, key=lambda one: (one.service, one.id)))


def _is_one_off(data: Mapping[str, Any]) -> bool:
    """Whether `docker compose run` made it: it is no part of the service."""
    return str(data["labels"].get(_ONE_OFF, "")).lower() == "true"


def _container(data: Mapping[str, Any]) -> Container:
    networks = data["networks"] or {}
    return Container(
        id=str(data["id"]),
        service=str(data["labels"].get(_SERVICE, "")),
        status=str(data["status"]),
        exit_code=int(data["exit"]),
        out_of_memory=bool(data["oom"]),
        started=str(data["started"]).partition(".")[0],
        restarts=int(data["restarts"]),
        health=str(data["health"]) if data["health"] else None,
        networks={name: str((one or {}).get("IPAddress", "")) for name, one in networks.items()},
    )
