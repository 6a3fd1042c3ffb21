"""A program called docker that answers as the real one does, and notes what it is asked."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

_PROGRAM = """\
#!{python}
import json, sys, time
folder = {folder!r}
with open(folder + "/asked", "a") as file:
    file.write(json.dumps(sys.argv[1:]) + "\\n")
with open(folder + "/answers") as file:
    answers = json.load(file)
answer = answers.get(sys.argv[1], {{"err": "unknown command", "status": 1}})
time.sleep(answer.get("sleep", 0))
sys.stdout.write(answer.get("out", "") * answer.get("times", 1))
sys.stderr.write(answer.get("err", ""))
sys.exit(answer.get("status", 0))
"""


def container(service: str, **more: Any) -> dict[str, Any]:
    """Return what `docker inspect` is asked to print of a container."""
    told = {
        "id": f"id-of-{service}",
        "status": "running",
        "exit": 0,
        "oom": False,
        "started": "2025-11-21T09:00:00.123456789Z",
        "restarts": 0,
        "networks": {"stack_default": {"IPAddress": "172.20.0.9"}},
        "health": None,
        "labels": {"com.docker.compose.service": service},
    }
    return {**told, **more}


@dataclass
class StandIn:
    """The program; `answers` are by its first argument."""

    folder: Path
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Put it first on the PATH."""
        program = self.folder / "docker"
        text = _PROGRAM.format(python=sys.executable, folder=str(self.folder))
        program.write_text(text, encoding="utf-8")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{self.folder}{os.pathsep}{os.environ['PATH']}")
        self.answer()

    def answer(self, **answers: dict[str, Any]) -> None:
        """Answer these commands from now on."""
        self.answers |= answers
        (self.folder / "answers").write_text(json.dumps(self.answers), encoding="utf-8")

    def containers(self, found: Sequence[dict[str, Any]]) -> None:
        """Have these containers."""
        ids = "".join(f"{one['id']}\n" for one in found)
        lines = "".join(f"{json.dumps(one)}\n" for one in found)
        self.answer(ps={"out": ids}, inspect={"out": lines})

    @property
    def asked(self) -> list[list[str]]:
        """The arguments of every call."""
        lines = (self.folder / "asked").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]
