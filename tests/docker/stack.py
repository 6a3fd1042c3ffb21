"""A running copy of the lab's stack: what a test does to it, and what it sees of it."""

from __future__ import annotations

import json
import re
import secrets
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from tests.docker.images import LAB
from tests.docker.leftovers import PREFIX, leftovers
from tests.docker.programs import COMPOSE, compose_environment, docker, run
from tests.stacks import ROOT

_FILES: Final = f"docker-compose.yml:{LAB / 'lab.yml'}"
_TABLES: Final = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Stack:
    """One Compose project; its name is that of its folder."""

    folder: Path

    def compose(self, *arguments: str) -> str:
        """Run Compose with the lab's own file laid over; return what it prints."""
        return run([COMPOSE, *arguments], folder=self.folder, environment=self.environment)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of Compose."""
        return compose_environment(COMPOSE_FILE=_FILES)

    def hanna_fix(self, *arguments: str) -> str:
        """Run hanna-fix on the files; it must end with 0. Return what it prints."""
        return run(
            [sys.executable, "-m", "patcher", "-C", str(self.folder), *arguments], folder=ROOT
        )

    def ask(self, path: str, count: int, *, pause: float = 0.0, form: str = "") -> list[str]:
        """Send requests to nginx from inside, `pause` seconds apart; return the status of each."""
        words = ["python", "/usr/local/lib/ask.py", f"http://nginx{path}", str(count), str(pause)]
        return self.compose("exec", "-T", "client", *words, *([form] if form else [])).splitlines()

    def sql(self, statement: str) -> list[str]:
        """Return the rows that the application's database answers with."""
        client = 'psql -U "$POSTGRES_USER" -d "$POSTGRES_DB" -v ON_ERROR_STOP=1 -Atc "$0"'
        return self.compose("exec", "-T", "db", "sh", "-c", client, statement).splitlines()

    def tables(self) -> list[str]:
        """Return the names of the application's tables."""
        return self.sql(_TABLES)

    def logs(self, service: str) -> str:
        """Return all that a service has written."""
        return self.compose("logs", "--no-log-prefix", service)

    def containers(self) -> dict[str, tuple[str, str]]:
        """Return state and health (empty: no check) of each service's container."""
        lines = self.compose("ps", "--all", "--format", "json").splitlines()
        return {one["Service"]: (one["State"], one["Health"]) for one in map(json.loads, lines)}

    def address(self, service: str) -> str:
        """Return the one network address of a service's container."""
        one = self.compose("ps", "--quiet", service).strip()
        every = "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}"
        (address,) = docker("inspect", "--format", every, one)
        return address

    def diagnosis(self) -> str:
        """Return what `diagnose --live` makes of what nginx has logged."""
        log = self.folder / "nginx.log"
        log.write_text(self.logs("nginx"), encoding="utf-8")
        return self.hanna_fix("diagnose", "--live", "--max-failures", "1000", str(log))

    def setting(self, pattern: str) -> str:
        """Return what a pattern's group matches in nginx.conf."""
        text = (self.folder / "nginx_proxy" / "nginx.conf").read_text(encoding="utf-8")
        match = re.search(pattern, text)
        assert match is not None
        return match[1]


@contextmanager
def stack(parent: Path) -> Iterator[Stack]:
    """Lay a copy of the stack below `parent`; whatever is made of it is removed at the end."""
    one = Stack(parent / f"{PREFIX}{secrets.token_hex(4)}")
    shutil.copytree(LAB / "stack", one.folder)
    try:
        yield one
    finally:
        _remove(one)
    assert leftovers("container", "network", "volume") == {}


def _remove(one: Stack) -> None:
    one.compose("down", "--volumes", "--remove-orphans", "--timeout", "1")
    # a default network that got a name stays behind under its old one
    for network in docker("network", "ls", "--quiet", "--filter", f"name={one.folder.name}_"):
        docker("network", "rm", network)


def eventually(look: Callable[[], T], seconds: float) -> T:
    """Look twice a second until there is something; return it. Fails after that many seconds."""
    end = time.monotonic() + seconds
    while not (seen := look()):
        assert time.monotonic() < end, f"not seen within {seconds} s"
        time.sleep(0.5)
    return seen
