"""What each command does: load, run the engine, report, write."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from patcher.cli_options import Format, Options
from patcher.config.load import read_config
from patcher.engine.outcome import Outcome
from patcher.output import paint, tell, write, write_file
from patcher.records import dataclass
from patcher.report import config as config_report
from patcher.report import diff as diff_report
from patcher.report import json, text
from patcher.rules import all_rules, rule_named
from patcher.stack.disk import DiskFiles
from patcher.work import Part, Work, outcome_of, root_of

if TYPE_CHECKING:
    from git import Repo


@dataclass(frozen=True, slots=True)
class BranchRequest:
    """What `branch` is asked for: the branch, its base revision, and where to push it."""

    name: str
    base: str
    per_rule: bool
    push: str | None


def diff(options: Options, output: str | None = None) -> int:
    """Print the diff, or write it to `output`; the summary goes to standard error."""
    work = Work.on_disk(options)
    outcome = outcome_of(work.parts())
    patch = diff_report.diff(outcome)
    if options.format is Format.JSON:
        patch = json.outcome(outcome, work.problems)
    if output is not None:
        write_file(output, patch)
    elif sys.stdout.isatty() and options.format is Format.TEXT:
        write(diff_report.for_screen(patch, paint(options, error=False)))
    else:
        write(patch)
    return _finish(work, outcome, options)


def apply(options: Options) -> int:
    """Undo a run that was cut off; then write the fixes into the files, all or none."""
    from patcher.sink.files import write_all
    from patcher.sink.recovery import recover

    work = Work.on_disk(options)
    recover(work.root, tell)
    outcome = outcome_of(work.parts())
    write_all(work.root, outcome.changes)
    _report_json(work, outcome, options)
    return _finish(work, outcome, options)


def branch(options: Options, request: BranchRequest) -> int:
    """Commit the fixes on a new branch, made from the base commit's own files."""
    from patcher.sink.git import RevisionTree, open_repository, project_prefix, resolve_commit

    root = root_of(options)
    repo = open_repository(root)
    try:
        prefix = project_prefix(root)
        base = resolve_commit(repo, request.base)
        work = Work(
            root,
            options,
            lambda folder: RevisionTree(repo, base, prefix + (f"{folder}/" if folder else "")),
        )
        parts = work.parts()
        outcome = outcome_of(parts)
        if outcome.changes:
            _commit(repo, prefix, base, parts, options, request)
    finally:
        repo.close()
    _report_json(work, outcome, options)
    return _finish(work, outcome, options)


def _commit(
    repo: Repo,
    prefix: str,
    base: str,
    parts: tuple[Part, ...],
    options: Options,
    request: BranchRequest,
) -> None:
    from patcher.plan import one_commit, one_commit_a_rule
    from patcher.sink.git import commit_branch, push

    plan = one_commit_a_rule if request.per_rule else one_commit
    made = commit_branch(repo, prefix, request.name, base, plan(parts, options))
    if request.push is not None:
        push(repo, request.push, request.name)
    if not options.quiet and options.format is Format.TEXT:
        write(f"{made.name}: {made.commits[-1][:12]} on {made.base[:12]}\n")


def explain(name: str) -> int:
    """Print a rule's documentation."""
    rule = rule_named(name)
    write(f"{rule.id} ({rule.severity.name.lower()}, fix: {rule.fixable.value})\n\n")
    write(rule.docs.strip() + "\n")
    return 0


def rules() -> int:
    """Print the rules, one a line."""
    width = max(len(rule.id) for rule in all_rules())
    for rule in all_rules():
        write(f"{rule.id:<{width}}  {rule.severity.name.lower():<8} {rule.summary}\n")
    return 0


def config(options: Options) -> int:
    """Print the settings with where each comes from, and which rules run and why."""
    found = read_config(DiskFiles(root_of(options)))
    for warning in found.warnings:
        tell(f"warning: {warning}")
    write(config_report.resolved(found, options.select, options.ignore))
    return 0


def _report_json(work: Work, outcome: Outcome, options: Options) -> None:
    if options.format is Format.JSON:
        write(json.outcome(outcome, work.problems))


def _finish(work: Work, outcome: Outcome, options: Options) -> int:
    if not options.quiet and options.format is Format.TEXT:
        report = text.summary(outcome, paint(options, error=True), verbose=options.verbose)
        sys.stderr.write(report)
    return work.tell_problems() or (outcome.exit_code if options.exit_code else 0)
