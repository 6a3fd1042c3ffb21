"""What each command does: load, run the engine, report, write."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from patcher.cli_options import NOTHING_MORE, Options, Wanted
from patcher.cli_prove_options import ProveOptions
from patcher.config.load import read_config
from patcher.deliver import check_deliverable, deliver, of_parts
from patcher.output import paint, tell, write, write_file
from patcher.proving import engine
from patcher.proving import proving as start_proving
from patcher.records import dataclass
from patcher.report import config as config_report
from patcher.report import diff as diff_report
from patcher.report.formats import Format
from patcher.rules import all_rules, rule_named
from patcher.stack.disk import DiskFiles
from patcher.work import Part, Work, confirm, outcome_of, root_of, services_of

if TYPE_CHECKING:
    from git import Repo


@dataclass(frozen=True, slots=True)
class BranchRequest:
    """What `branch` is asked for: the branch, its base revision, and where to push it."""

    name: str
    base: str
    per_rule: bool
    push: str | None


def diff(options: Options, proving: ProveOptions, wanted: Wanted = NOTHING_MORE) -> int:
    """Print the diff, or write it to a file, with the summary on standard error.

    In another format than text the report takes the place of both.
    """
    wanted.checked(options)
    with start_proving(proving) as session:
        work = Work.on_disk(options, engine(session))
        parts = work.parts()
    if options.format is Format.TEXT:
        _show(diff_report.diff(outcome_of(parts)), options, wanted)
        wanted = replace(wanted, output=None)
    return _finish(work, parts, options, wanted)


def _show(patch: str, options: Options, wanted: Wanted) -> None:
    if wanted.output is not None:
        write_file(wanted.output, patch)
    elif sys.stdout.isatty():
        write(diff_report.for_screen(patch, paint(options, error=False)))
    else:
        write(patch)


def apply(options: Options, proving: ProveOptions, wanted: Wanted = NOTHING_MORE) -> int:
    """Undo a run that was cut off; then write the fixes into the files, all or none."""
    from patcher.sink.files import write_all
    from patcher.sink.recovery import recover

    check_deliverable(options, wanted)
    with start_proving(proving) as session:
        work = Work.on_disk(options, engine(session))
        recover(work.root, tell)
        parts = work.parts()
        again = None if session is None else partial(confirm, session, work.root, parts)
        write_all(work.root, outcome_of(parts).changes, again)
    return _finish(work, parts, options, wanted, written=True)


def branch(
    options: Options,
    request: BranchRequest,
    proving: ProveOptions,
    wanted: Wanted = NOTHING_MORE,
) -> int:
    """Commit the fixes on a new branch, made from the base commit's own files."""
    from patcher.sink.git import RevisionTree, open_repository, project_prefix, resolve_commit

    check_deliverable(options, wanted)
    root = root_of(options)
    repo = open_repository(root)
    try:
        prefix = project_prefix(root)
        base = resolve_commit(repo, request.base)
        with start_proving(proving) as session:
            work = Work(
                root,
                options,
                lambda folder: RevisionTree(repo, base, prefix + (f"{folder}/" if folder else "")),
                engine(session),
            )
            parts = work.parts()
        if outcome_of(parts).changes:
            _commit(repo, prefix, base, parts, options, request)
    finally:
        repo.close()
    return _finish(work, parts, options, wanted)


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
    """Print the settings with where each comes from, and which rules run and why.

    Services that they name must exist, where the compose files can be read: else other commands
    tell why they cannot.
    """
    root = root_of(options)
    found = read_config(DiskFiles(root))
    for warning in found.warnings:
        tell(f"warning: {warning}")
    if (services := services_of(root, options)) is not None:
        found.refuse_unknown(services)
    write(config_report.resolved(found, options.select, options.ignore))
    return 0


def _finish(
    work: Work, parts: tuple[Part, ...], options: Options, wanted: Wanted, *, written: bool = False
) -> int:
    """Report what the parts came to; return the exit code."""
    if not options.quiet or options.format is not Format.TEXT:
        report = of_parts(work, parts, wanted, written=written)
        deliver(report, options, wanted, to_error=True)
    left = outcome_of(parts).exit_code if options.exit_code else 0
    return work.tell_problems() or left
