"""Pages are up to date and links lead somewhere; tests/documented runs the commands."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests import man
from tests.docs import FOLDER, pages
from tests.documented.blocks import PAGES, blocks
from tests.stacks import ROOT

_BLOCK = re.compile(r"(?ms)^```(\w+)\n(.*?)^```$")
_LINK = re.compile(r"\]\(([^()\s]+)\)")
_HEADING = re.compile(r"(?m)^#+ (.+)$")


def place(value: object) -> str:
    return value.relative_to(ROOT).as_posix() if isinstance(value, Path) else ""


def readme_lines() -> list[str]:
    found = (block for block in blocks(ROOT / "README.md") if block.language == "sh")
    return [line for block in found for line in block.body.splitlines()]


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


@pytest.mark.parametrize("path", PAGES, ids=place)
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
