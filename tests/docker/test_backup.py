"""What `no-database-backup` adds: a dump that the line in the rule's documentation restores."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from patcher.rules import no_database_backup
from tests.docker.programs import COMPOSE, docker
from tests.docker.stack import Stack, eventually

pytestmark = pytest.mark.docker

_LINES = re.compile(r"(?ms)^PostgreSQL.*?\n\n(    .*?)\n\n")


@pytest.fixture(scope="module")
def saved(folder: Stack) -> Stack:
    """The stack with backups is up; it has an order that the first dump has, too."""
    folder.hanna_fix("apply", "--quiet")
    folder.compose("up", "--detach")
    assert folder.ask("/api/orders/", 1, form="customer=Tendai") == ["200"]
    folder.hanna_fix("apply", "--quiet", "--unsafe", "--select", "no-database-backup")
    folder.compose("up", "--detach")
    return folder


def test_dump_is_restored_by_the_documented_line(saved: Stack, tmp_path: Path) -> None:
    (dump,) = eventually(lambda: dumps(saved), 60)
    tables, orders = saved.tables(), saved.sql("SELECT id, customer FROM orders_order")
    lose_the_database(saved)
    assert saved.tables() == []
    restore(saved, documented().replace("FILE", dump), tmp_path)
    assert saved.tables() == tables
    assert saved.sql("SELECT id, customer FROM orders_order") == orders == ["1|Tendai"]
    saved.compose("up", "--detach")
    assert saved.ask("/api/orders/", 12, form="customer=Tendai") == ["200"] * 12


def dumps(saved: Stack) -> list[str]:
    listed = saved.compose("exec", "-T", "db-backup", "ls", "/backups").split()
    return [name for name in listed if name.endswith(".sql.gz")]


def lose_the_database(saved: Stack) -> None:
    saved.compose("stop", "backend", "celery_worker", "email_idle_fetcher")
    saved.compose("rm", "--stop", "--force", "db")
    docker("volume", "rm", f"{saved.folder.name}_postgres_data")
    saved.compose("up", "--detach", "--wait", "db")


def documented() -> str:
    match = _LINES.search(no_database_backup.__doc__ or "")
    assert match is not None
    return match[1]


def restore(saved: Stack, line: str, folder: Path) -> None:
    """Run the line as it is documented, where `docker compose` is the lab's Compose."""
    docker_compose = folder / "docker"
    docker_compose.write_text(f'#!/bin/sh\nshift\nexec {COMPOSE} "$@"\n')
    docker_compose.chmod(0o755)
    environment = saved.environment
    environment["PATH"] = f"{folder}{os.pathsep}{environment['PATH']}"
    command = ["bash", "-o", "pipefail", "-c", line]
    subprocess.run(command, cwd=saved.folder, env=environment, check=True, capture_output=True)
