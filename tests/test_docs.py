"""The documentation is true: pages up to date, links lead somewhere, commands print what it shows.

In a `console` block a line that begins with `$ ` is a command, the lines below it are its output,
standard error included. All commands of a block run in one fresh copy of the example stack, a git
repository on the branch `main`. In shown output `...` stands for text left out, alone on its line
for any number of lines; with no output shown any is right. A command that ends with another status
than 0 is followed by `echo $?`. A `diff` block is an excerpt of what `hanna-fix --dry-run` prints.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests import man
from tests.docs import FOLDER, pages
from tests.stacks import FIXTURES, ROOT

WRITTEN = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
EXAMPLE = FIXTURES / "stacks" / "hanna" / "before"

_BLOCK = re.compile(r"(?ms)^```(\w+)\n(.*?)^```$")
_LINK = re.compile(r"\]\(([^()\s]+)\)")
_HEADING = re.compile(r"(?m)^#+ (.+)$")


@dataclass
class Command:
    text: str
    shown: list[str] = field(default_factory=list)


def blocks(path: Path, language: str) -> list[str]:
    found = _BLOCK.findall(path.read_text(encoding="utf-8"))
    return [body for name, body in found if name == language]


def place(value: object) -> str:
    return value.relative_to(ROOT).as_posix() if isinstance(value, Path) else ""


def commands(block: str) -> list[Command]:
    found: list[Command] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append(Command(line[2:]))
        else:
            found[-1].shown.append(line)
    return found


CONSOLES = [
    pytest.param(block, id=f"{place(path)}-{number}")
    for path in WRITTEN
    for number, block in enumerate(blocks(path, "console"), start=1)
]
DIFFS = [
    pytest.param(block, id=f"{place(path)}-{number}")
    for path in WRITTEN
    for number, block in enumerate(blocks(path, "diff"), start=1)
]


def is_excerpt(shown: list[str], output: str) -> bool:
    """Tell whether `shown` is `output` but for what `...` stands for and blanks at line ends."""
    parts = (
        r"(?:[^\n]*\n)*?"
        if line == "..."
        else r"[^\n]*".join(map(re.escape, line.split("..."))) + "\n"
        for line in map(str.rstrip, shown)
    )
    told = "".join(f"{line.rstrip()}\n" for line in output.splitlines())
    return re.fullmatch("".join(parts), told) is not None


class Shell:
    """Runs commands in a copy of the example stack, without the user's own settings."""

    def __init__(self, folder: Path) -> None:
        self.status = 0
        self.directory = folder / "hanna"
        shutil.copytree(EXAMPLE, self.directory)
        programs = folder / "bin"
        programs.mkdir()
        program = programs / "hanna-fix"
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m patcher "$@"\n')
        program.chmod(0o755)
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "TMPDIR")}
        self.environment = {
            **kept,
            "PATH": f"{programs}{os.pathsep}{kept['PATH']}",
            "HOME": str(folder),
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
        done = subprocess.run(
            ["bash", "-c", f"(exit {self.status})\n{command}"],
            cwd=self.directory,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        self.status = done.returncode
        return done.stdout.decode()


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.mark.parametrize("block", CONSOLES)
def test_commands_print_what_is_shown(block: str, shell: Shell) -> None:
    steps = commands(block)
    for step, following in zip(steps, [*steps[1:], Command("")], strict=True):
        output = shell.run(step.text)
        assert not step.shown or is_excerpt(step.shown, output), f"$ {step.text}\n{output}"
        assert shell.status == 0 or following.text == "echo $?", f"$ {step.text}\n{output}"


@pytest.mark.parametrize("block", DIFFS)
def test_diffs_are_those_of_the_example_stack(block: str, shell: Shell) -> None:
    assert is_excerpt(block.splitlines(), shell.run("hanna-fix --dry-run --quiet"))


def test_readme_shows_the_incident() -> None:
    assert len(blocks(ROOT / "README.md", "console")) >= 3
    assert blocks(ROOT / "README.md", "diff")


def readme_lines() -> list[str]:
    return [line for block in blocks(ROOT / "README.md", "sh") for line in block.splitlines()]


def test_readme_gives_the_test_command_of_the_gate() -> None:
    lines = [line for line in readme_lines() if "pytest" in line]
    assert len(lines) == 1
    assert lines[0] in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_readme_gives_a_command_that_runs_the_main_job() -> None:
    lines = [line for line in readme_lines() if line.startswith("python3") and "--dry-run" in line]
    assert len(lines) == 1
    set_up, install, job = (shlex.split(part) for part in lines[0].split(" && "))
    assert set_up == ["python3", "-m", "venv", ".venv"]
    assert install == [".venv/bin/pip", "install", "-q", "-e", "."]
    assert job[0] == ".venv/bin/hanna-fix"
    command = [sys.executable, "-m", "patcher", *job[1:]]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    assert done.stdout.startswith(b"diff --git a/docker-compose.yml b/docker-compose.yml\n")
    assert b" fixed, 0 held, " in done.stderr


def test_rule_pages_are_up_to_date() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}
    assert written == pages(), "run python -m tests.docs"


def test_man_page_is_up_to_date() -> None:
    assert man.PAGE.read_text(encoding="utf-8") == man.page(), "run python -m tests.docs"


@pytest.mark.parametrize("path", [*WRITTEN, *sorted(FOLDER.glob("*.md"))], ids=place)
def test_links_lead_somewhere(path: Path) -> None:
    text = _BLOCK.sub("", path.read_text(encoding="utf-8"))
    for link in _LINK.findall(text):
        if link.startswith("https://"):
            continue
        target, _, anchor = link.partition("#")
        led = (path.parent / target).resolve() if target else path
        assert led.exists(), link
        assert led.is_relative_to(ROOT), link
        assert not anchor or anchor in anchors(led), link


def anchors(path: Path) -> set[str]:
    """Return the names that GitHub gives the headings of a page."""
    headings = _HEADING.findall(_BLOCK.sub("", path.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in headings}
