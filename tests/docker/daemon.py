"""The Docker Engine that the lab uses: the one that answers, or one of the lab's own.

The lab's own runs in namespaces of its own. Its network namespace has no interface but loopback
and its own bridges, so no container reaches anything, and the firewall of the machine stays as it
is. Its process namespace ends with it, or with the lab where that is killed: no process of a
container outlives them. Source: unshare(1), pid_namespaces(7).
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.docker.programs import LabError, UnavailableError, docker, need

_START: Final = 60.0
_STOP: Final = 60.0


@contextmanager
def daemon(*, own: bool) -> Iterator[None]:
    """Let DOCKER_HOST name an engine: the lab's own if `own`, else the one that answers.

    Raises UnavailableError where there is none.
    """
    need("docker", "mmdebstrap")
    if own:
        with _own_daemon() as host, _environment("DOCKER_HOST", host):
            yield
    elif _answers():
        yield
    else:
        raise UnavailableError("no Docker daemon answers; root can start one with --own-daemon")


def _answers() -> bool:
    try:
        docker("info")
    except LabError:
        return False
    return True


@contextmanager
def _own_daemon() -> Iterator[str]:
    need("docker-init", "dockerd", "ip", "setpriv", "unshare")
    if os.geteuid() != 0:
        raise UnavailableError("only root can start a daemon")
    folder = Path(tempfile.mkdtemp(prefix="hannalab-"))
    try:
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                _command(folder), stdout=log, stderr=log, start_new_session=True
            )
        try:
            host = f"unix://{folder}/docker.sock"
            _wait_until_ready(process, host, folder / "log")
            yield host
        finally:
            _stop(process)
    finally:
        shutil.rmtree(folder)


def _command(folder: Path) -> list[str]:
    words = [f"--data-root={folder}/data", f"--exec-root={folder}/exec", f"--pidfile={folder}/pid"]
    dockerd = " ".join(["dockerd", *words, f"--host=unix://{folder}/docker.sock"])
    # in memory, all that the engine holds is gone with its mount namespace
    prepare = f"ip link set lo up && mkdir {folder}/data && mount -t tmpfs hannalab {folder}/data"
    dies_with_us = ["setpriv", "--pdeathsig", "KILL"]
    apart = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    return [*dies_with_us, *apart, "sh", "-c", f"{prepare} && exec docker-init -- {dockerd}"]


def _wait_until_ready(process: subprocess.Popen[bytes], host: str, log: Path) -> None:
    end = time.monotonic() + _START
    with _environment("DOCKER_HOST", host):
        while not _answers():
            if process.poll() is not None or time.monotonic() > end:
                said = log.read_text(errors="replace").splitlines()[-5:]
                raise LabError("\n".join(["dockerd does not start:", *said]))
            time.sleep(0.2)


def _stop(process: subprocess.Popen[bytes]) -> None:
    # unshare itself blocks the signal; dockerd, which is in its group, stops the containers
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(_STOP)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
