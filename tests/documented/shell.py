"""A shell for the commands of the documentation, without the user's own settings."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from tests.stacks import FIXTURES, ROOT

EXAMPLE = FIXTURES / "stacks" / "hanna" / "before"
_PROGRAM = f"#!/bin/sh\nexec {shlex.quote(sys.executable)} "
# no container runs: the stack comes up, and nginx has logged nothing but a start
_DOCKER = """#!/bin/sh
case "$1 $2" in
"compose up" | "compose restart" | "compose ps" | "compose run" | "compose exec") ;;
"compose logs") echo 'nginx-1  | 2025/11/21 11:00:00 [notice] 1#1: start worker processes' ;;
*) echo "the stand-in for docker does not know: $*" >&2; exit 64 ;;
esac
"""


class Shell:
    """Runs commands in a directory that is a git repository of its own, on the branch `main`."""

    def __init__(self, home: Path, directory: Path) -> None:
        self.status = 0
        self.directory = directory
        programs = home / "bin"
        programs.mkdir()
        _program(programs / "hanna-fix", f'{_PROGRAM}-m patcher "$@"\n')
        _program(programs / "docker", _DOCKER)
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "TMPDIR")}
        self.environment = {
            **kept,
            "PATH": f"{programs}{os.pathsep}{kept['PATH']}",
            "HOME": str(home),
            "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "Operator",
            "GIT_AUTHOR_EMAIL": "operator@example.org",
            "GIT_COMMITTER_NAME": "Operator",
            "GIT_COMMITTER_EMAIL": "operator@example.org",
        }
        self.run("git init -q -b main && git add -A && git commit -q -m 'The stack as it is'")
        assert self.status == 0

    def run(self, command: str) -> str:
        """Run a command, to which `$?` is the status of the one before; return what it prints."""
        return self._run("-c", f"(exit {self.status})\n{command}")

    def run_script(self, script: str) -> str:
        """Run a script that ends where a command of it fails; return what it prints."""
        return self._run("-e", "-o", "pipefail", "-c", script)

    def _run(self, *options: str) -> str:
        done = subprocess.run(
            ["bash", *options],
            cwd=self.directory,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        self.status = done.returncode
        return done.stdout.decode()


def in_example(home: Path) -> Shell:
    """Return a shell in a fresh copy of the example stack."""
    return Shell(home, Path(shutil.copytree(EXAMPLE, home / "hanna")))


def in_checkout(home: Path) -> Shell:
    """Return a shell in a copy of the repository, with this interpreter in `.venv/bin`."""
    directory = home / "hanna-fix"
    for name in ("docs", "fixtures/rules", "fixtures/stacks/hanna", "patcher", "tests"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, directory / name, ignore=ignored)
    for name in ("README.md", "pyproject.toml", ".gitignore", ".gitattributes"):
        shutil.copy(ROOT / name, directory)
    programs = directory / ".venv" / "bin"
    programs.mkdir(parents=True)
    _program(programs / "python", f'{_PROGRAM}"$@"\n')
    _program(programs / "hanna-fix", f'{_PROGRAM}-m patcher "$@"\n')
    return Shell(home, directory)


def _program(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
