"""What the commands print about a fixture in each format, as `tests.golden` records it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

COMMANDS: Final = {
    "check.github": ("check", "github"),
    "check.gitlab.json": ("check", "gitlab"),
    "check.json": ("check", "json"),
    "check.junit.xml": ("check", "junit"),
    "check.md": ("check", "markdown"),
    "check.sarif.json": ("check", "sarif"),
    "diff.md": ("diff", "markdown"),
}


def told(case: Path) -> dict[str, str]:
    """Return what is printed about a copy of a stack that lies outside of any repository."""
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copytree(case / "before", Path(folder) / "stack")
        return {name: _told(copy, *command) for name, command in COMMANDS.items()}


def _told(folder: Path, command: str, chosen: str) -> str:
    arguments = [sys.executable, "-m", "patcher", "-C", str(folder), command, "--format", chosen]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
    done = subprocess.run(arguments, capture_output=True, check=False, env=environ)
    assert done.returncode in (0, 1), done.stderr.decode()
    printed = done.stdout.decode()
    return _of_findings_alone(printed, chosen)


def _of_findings_alone(printed: str, chosen: str) -> str:
    """Leave out the rules' documentation, which has pages of its own, and the version."""
    if chosen not in ("sarif", "json"):
        return printed
    document = json.loads(printed)
    if chosen == "sarif":
        driver = document["runs"][0]["tool"]["driver"]
        del driver["semanticVersion"]
        for rule in driver["rules"]:
            del rule["help"]
    else:
        del document["hanna_fix"]
    return json.dumps(document, indent=2) + "\n"
