"""Helpers to run the engine on fixture stacks."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path

from patcher.engine.fix import fix
from patcher.engine.outcome import Outcome
from patcher.finding import Safety
from patcher.rules import chosen_rules
from patcher.rules.base import Rule
from patcher.stack.settings import Settings
from patcher.stack.stack import Request, Stack, load
from tests.variants import MemoryFiles, Sources

ROOT = Path(__file__).parents[1]
FIXTURES = ROOT / "fixtures"
SHARED = ROOT.parent / "shared"


def stack_of(sources: Sources, settings: Settings | None = None) -> Stack:
    """Load sources as the project `stack`, with the settings that they hold."""
    chosen = settings or settings_in(sources)
    return load(MemoryFiles(sources), Request(directory="stack"), chosen)


def settings_in(sources: Sources) -> Settings:
    """Return the settings of a `.hanna-fix.toml`, which must be plain values."""
    source = sources.get(".hanna-fix.toml")
    return Settings() if source is None else Settings(**tomllib.loads(source.text))


def fixed(
    sources: Sources, rules: Sequence[Rule] | None = None, minimum: Safety = Safety.SAFE
) -> Outcome:
    """Run the fix loop over sources with the rules that are on by default, or those given."""
    return fix(stack_of(sources), chosen_rules((), ()) if rules is None else rules, minimum)


def result(sources: Sources, outcome: Outcome) -> dict[str, bytes]:
    """Return every file's bytes after the fixes."""
    changed = {change.after.path: change.after for change in outcome.changes}
    return {path: source.encode() for path, source in {**sources, **changed}.items()}
