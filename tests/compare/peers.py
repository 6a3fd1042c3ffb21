"""The tools that are compared, and how each is installed and run."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


def of_list(key: str) -> Callable[[Any], set[str]]:
    """Return what reads the names of the rules from a list of findings."""
    return lambda found: {one[key] for one in found}


def of_files(found: Any) -> set[str]:
    """Return the names of the rules from a list of files with their messages."""
    return {message["rule"] for file in found for message in file["messages"]}


@dataclass(frozen=True, slots=True)
class Peer:
    """A tool: where it comes from, its commands, and which of its rules is one of ours.

    The name of the file to read is put behind each command. `check` prints JSON, from which `rules`
    takes the names of the rules that found something. `fix` is absent where the tool only reads.
    """

    name: str
    registry: str
    version: str
    program: str
    reads: str
    check: tuple[str, ...]
    rules: Callable[[Any], set[str]]
    fix: tuple[str, ...] | None
    same: Mapping[str, str] = field(default_factory=dict)


COMPOSE, NGINX = "compose", "nginx"
RESOLVER = {"resolver_external": "resolver-mixed"}

PEERS = (
    Peer(
        "compose-lint", "PyPI", "0.36.2", "compose-lint", COMPOSE,
        ("check", "--format", "json"), lambda told: of_list("rule_id")(told["findings"]),
        ("fix", "--apply"),
    ),
    Peer(
        "dclint", "npm", "3.1.0", "dclint", COMPOSE,
        ("--formatter", "json"), of_files, ("--fix",),
    ),
    Peer(
        "gixy-ng", "PyPI", "0.2.59", "gixy", NGINX,
        ("--format", "json"), of_list("plugin"), ("--fix", "--no-backup"), RESOLVER,
    ),
    Peer(
        "gixy-next", "PyPI", "0.9.0", "gixy-next", NGINX,
        ("--format", "json"), of_list("plugin"), None, RESOLVER,
    ),
)  # fmt: skip


def installed(peer: Peer, folder: Path) -> Path:
    """Install a tool into a folder of its own, unless it is there; return its program.

    Raises subprocess.CalledProcessError where the registry does not have it.
    """
    place = folder / f"{peer.name}-{peer.version}"
    if peer.registry == "npm":
        program = place / "node_modules" / ".bin" / peer.program
        steps = [
            ["npm", "install", "--silent", "--prefix", f"{place}", f"{peer.name}@{peer.version}"]
        ]
    else:
        program = place / "bin" / peer.program
        steps = [
            [sys.executable, "-m", "venv", f"{place}"],
            [f"{place / 'bin' / 'pip'}", "install", "-q", f"{peer.name}=={peer.version}"],
        ]
    if not program.exists():
        place.mkdir(parents=True, exist_ok=True)
        for step in steps:
            subprocess.run(step, check=True, capture_output=True)
    return program
