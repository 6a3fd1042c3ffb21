"""Helpers to run the engine on fixture stacks."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from patcher.config.load import read_config
from patcher.engine.fix import fix
from patcher.engine.outcome import Outcome
from patcher.finding import Safety
from patcher.rules import chosen_rules
from patcher.rules.base import Rule
from patcher.stack.settings import Settings
from patcher.stack.stack import Request, Stack, load
from tests.variants import MemoryFiles, Sources, read_tree

ROOT = Path(__file__).parents[1]
FIXTURES = ROOT / "fixtures"
SHARED = ROOT.parent / "shared"

REPLICA = FIXTURES / "stacks" / "hanna" / "before"
REAL = SHARED / "incident" / "stack"
INCIDENTS = [
    pytest.param(REPLICA, id="replica"),
    pytest.param(
        REAL,
        id="real",
        marks=pytest.mark.skipif(not REAL.is_dir(), reason="the real stack is not at hand"),
    ),
]


def stack_of(sources: Sources, settings: Settings | None = None) -> Stack:
    """Load sources as the project `stack`, with their own settings where none are given."""
    files = MemoryFiles(sources)
    told = read_config(files).settings if settings is None else settings
    return load(files, Request(directory="stack"), told)


def fixed(
    sources: Sources, rules: Sequence[Rule] | None = None, minimum: Safety = Safety.SAFE
) -> Outcome:
    """Run the fix loop over sources with the rules on by default, or with those given."""
    return fix(stack_of(sources), chosen_rules((), ()) if rules is None else rules, minimum)


def result(sources: Sources, outcome: Outcome) -> dict[str, bytes]:
    """Return every file's bytes after the fixes."""
    changed = {change.after.path: change.after for change in outcome.changes}
    return {path: source.encode() for path, source in {**sources, **changed}.items()}


@dataclass(frozen=True, slots=True)
class WholeStack:
    """A fixture in `stacks`: a project, what is run on it, and what was reviewed.

    It brings its own `before`, or `options.txt` names another fixture's and the options to run
    with; `after` then holds only what becomes different. Without an `after` nothing changes.
    """

    folder: Path
    base: Path
    rules: tuple[Rule, ...]
    minimum: Safety

    @property
    def before(self) -> Sources:
        """The project as it is."""
        return read_tree(self.base / "before")

    @property
    def after(self) -> Sources:
        """The project as it was reviewed."""
        return {**self.before, **read_tree(self.folder / "after")}

    @property
    def report(self) -> Path:
        """The summary as it was reviewed."""
        return self.folder / "report.txt"


def whole_stacks() -> list[WholeStack]:
    """Return every fixture in `stacks`, sorted by name."""
    folders = sorted(path for path in (FIXTURES / "stacks").iterdir() if path.is_dir())
    return [_whole_stack(folder) for folder in folders]


def _whole_stack(folder: Path) -> WholeStack:
    options = folder / "options.txt"
    if not options.exists():
        return WholeStack(folder, folder, chosen_rules((), ()), Safety.SAFE)
    base, *words = shlex.split(options.read_text(encoding="utf-8"))
    select = [words[index + 1] for index, word in enumerate(words) if word == "--select"]
    minimum = Safety.UNSAFE if "--unsafe" in words else Safety.SAFE
    return WholeStack(folder, folder.parent / base, chosen_rules(select, ()), minimum)
