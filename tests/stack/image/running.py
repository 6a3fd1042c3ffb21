"""Runs a probe's test as Docker would, on this machine: `$$` undone, CMD-SHELL by /bin/sh."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from patcher.stack.image.probes import NoProbe, Probe


def command_of(probe: Probe | NoProbe) -> tuple[str, ...]:
    assert isinstance(probe, Probe), probe
    return probe.test


def run(test: tuple[str, ...], path: Path | None = None, env: Mapping[str, str] = {}) -> int:
    """Return the exit status; `path` is searched first for programs."""
    form, *words = [word.replace("$$", "$") for word in test]
    command = ["/bin/sh", "-c", *words] if form == "CMD-SHELL" else words
    search = "/usr/local/bin:/usr/bin:/bin"
    environment = {"PATH": f"{path}:{search}" if path else search, **env}
    return subprocess.run(
        command, env=environment, check=False, capture_output=True, timeout=30
    ).returncode


def stub(folder: Path, name: str, script: str) -> None:
    """Put an executable shell script on the way of `run`."""
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


@contextmanager
def listening(host: str = "127.0.0.1") -> Iterator[int]:
    """Yield a port that accepts connections on `host`."""
    with socket.create_server((host, 0)) as server:
        yield server.getsockname()[1]


def closed_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
