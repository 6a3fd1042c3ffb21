"""A machine of a pipeline: the example stack as a clone, hanna-fix, and stand-ins for the rest."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.stacks import FIXTURES

EXAMPLE: Final = FIXTURES / "stacks" / "hanna" / "before"
ADDRESS: Final = "https://github.com/example/shop.git"


@dataclass(frozen=True)
class Done:
    """How a command ended: its status, and all that it printed."""

    status: int
    output: str


class Workplace:
    """Runs commands in a clone of the repository `origin`; `calls` tells of the stand-ins."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.origin = folder / "origin.git"
        self.clone = folder / "shop"
        self.programs = folder / "bin"
        self.programs.mkdir()
        hanna_fix = f'exec {shlex.quote(sys.executable)} -m patcher "$@"\n'
        self.program("hanna-fix", hanna_fix, recorded=False)
        for name in ("pip", "pipx", "docker", "curl", "gh", "glab"):
            self.program(name, "")
        self._publish()

    def program(self, name: str, script: str, *, recorded: bool = True) -> None:
        """Put a program on the search path that notes its arguments and runs `script`."""
        note = f'echo {name} "$@" >> {shlex.quote(str(self.folder / "calls"))}\n'
        path = self.programs / name
        path.write_text(f"#!/bin/sh\n{note if recorded else ''}{script}")
        path.chmod(0o755)

    def _publish(self) -> None:
        shutil.copytree(EXAMPLE, self.clone)
        self.check("git init -q -b main && git add -A && git commit -q -m 'The stack as it is'")
        self.check(f"git clone -q --bare . {self.origin}")
        self.check(f"git remote add origin {ADDRESS} && git fetch -q origin")

    @property
    def environment(self) -> dict[str, str]:
        """The variables of every command: nothing of the user's, and `origin` on this machine."""
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "TMPDIR")}
        who = {
            f"GIT_{role}_{key}": value
            for role in ("AUTHOR", "COMMITTER")
            for key, value in (("NAME", "Operator"), ("EMAIL", "operator@example.org"))
        }
        return {
            **who,
            "PATH": f"{self.programs}{os.pathsep}{kept.pop('PATH')}",
            **kept,
            "HOME": str(self.folder),
            "LC_ALL": "C.UTF-8",
            "CI": "true",
            "GIT_CONFIG_GLOBAL": str(self._git_settings()),
            "GIT_CONFIG_NOSYSTEM": "1",
        }

    def _git_settings(self) -> Path:
        path = self.folder / "gitconfig"
        path.write_text(f'[url "file://{self.origin}"]\n\tinsteadOf = {ADDRESS}\n')
        return path

    def run(self, command: str, environment: Mapping[str, str] | None = None) -> Done:
        """Run a command in the clone, as GitHub and GitLab do: it ends at the first failure."""
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", command],
            cwd=self.clone,
            env={**self.environment, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        return Done(done.returncode, done.stdout.decode())

    def check(self, command: str) -> str:
        """Run a command that has to succeed; return what it prints."""
        done = self.run(command)
        assert done.status == 0, done.output
        return done.output

    def calls(self) -> list[str]:
        """The calls of stand-ins so far."""
        path = self.folder / "calls"
        return path.read_text().splitlines() if path.exists() else []
