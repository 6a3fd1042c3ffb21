"""The programs that are measured, each installed in a throw-away place of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.stacks import ROOT

PLACE = ROOT / "build" / "bench"


@dataclass(frozen=True, slots=True)
class Peer:
    """Another program for one half of the files: how it is got, and what it is asked to do."""

    name: str
    package: str
    install: Callable[[Path, str], None]
    command: Callable[[Path], list[str]]


def own() -> Path:
    """Install the program as a user does, not as the work tree; return its environment."""
    place = PLACE / "hanna-fix"
    python(place, str(ROOT), again=True)
    return place


def python(place: Path, package: str, *, again: bool = False) -> None:
    """Install a Python package into an environment of its own, where it is not there yet."""
    if again or not (place / "installed").exists():
        shutil.rmtree(place, ignore_errors=True)
        _quietly(sys.executable, "-m", "venv", str(place))
        _quietly(str(place / "bin" / "pip"), "install", "-q", package)
        (place / "installed").touch()


def node(place: Path, package: str) -> None:
    """Install an npm package into a directory of its own, where it is not there yet."""
    if not (place / "node_modules").exists():
        place.mkdir(parents=True, exist_ok=True)
        _quietly("npm", "install", "--silent", "--no-audit", "--prefix", str(place), package)


def _quietly(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=600)


PEERS = (
    Peer(
        "compose-lint fix",
        "compose-lint",
        python,
        lambda place: [str(place / "bin" / "compose-lint"), "fix", "docker-compose.yml"],
    ),
    Peer(
        "gixy-ng",
        "gixy-ng",
        python,
        lambda place: [str(place / "bin" / "gixy"), "nginx_proxy/nginx.conf"],
    ),
    Peer(
        "gixy-next",
        "gixy-next",
        python,
        lambda place: [str(place / "bin" / "gixy"), "nginx_proxy/nginx.conf"],
    ),
    Peer(
        "dclint",
        "dclint",
        node,
        lambda place: [str(place / "node_modules" / ".bin" / "dclint"), "docker-compose.yml"],
    ),
)


def installed(peer: Peer) -> tuple[list[str], str]:
    """Return a peer's command and version; empty where it cannot be had, and why in its place."""
    place = PLACE / peer.package
    try:
        peer.install(place, peer.package)
    except (OSError, subprocess.SubprocessError) as error:
        return [], f"cannot be installed: {type(error).__name__}"
    return peer.command(place), _version(peer, place)


def _version(peer: Peer, place: Path) -> str:
    command = [str(place / "bin" / "pip"), "show", peer.package]
    if peer.install is node:
        command = ["npm", "view", str(place / "node_modules" / peer.package), "version"]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    version = next((one for one in told.splitlines() if one.startswith("Version: ")), told)
    return version.removeprefix("Version: ").strip()
