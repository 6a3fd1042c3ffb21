"""The commits that `branch` makes: one with all fixes, or one a rule."""

from __future__ import annotations

from collections.abc import Iterator

from patcher.cli_options import Options
from patcher.engine.many import moved_fixed, moved_source
from patcher.engine.per_rule import Step, steps
from patcher.parts import Part, outcome_of
from patcher.report import message
from patcher.sink.git import PlannedCommit
from patcher.work import rules_for


def one_commit(parts: tuple[Part, ...], _: Options) -> list[PlannedCommit]:
    """Plan one commit with the fixes of all stacks."""
    outcome = outcome_of(parts)
    files = {one.after.path: one.after for one in outcome.changes}
    return [PlannedCommit(message.for_all(outcome.fixed), files)]


def one_commit_a_rule(parts: tuple[Part, ...], options: Options) -> list[PlannedCommit]:
    """Plan one commit a rule and stack, in an order in which each is a valid stack."""
    return [commit for part in parts for commit in _of_part(part, options)]


def _of_part(part: Part, options: Options) -> Iterator[PlannedCommit]:
    rules = rules_for(part.stack, options)
    for step in steps(part.stack, part.outcome, rules, options.minimum, part.choice):
        yield _commit(step, part.folder)


def _commit(step: Step, folder: str) -> PlannedCommit:
    fixed = [moved_fixed(one, folder) for one in step.fixed]
    sources = (moved_source(one, folder) for one in step.files.values())
    files = {one.path: one for one in sources}
    return PlannedCommit(message.for_rule(step.rule, fixed, folder), files)
