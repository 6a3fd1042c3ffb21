"""What each command does: load, run the engine, report, write."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from patcher.cli_options import Options
from patcher.engine.check import check as run_check
from patcher.engine.fix import fix
from patcher.engine.outcome import Outcome
from patcher.errors import UserError, brief
from patcher.report import diff as diff_report
from patcher.report import text
from patcher.report.style import Paint, paint_for
from patcher.rules import all_rules, chosen_rules, rule_named
from patcher.stack.compose.discover import NAMES
from patcher.stack.disk import DiskFiles, find_root
from patcher.stack.files import Files
from patcher.stack.settings import Settings
from patcher.stack.stack import Request, Stack, load

if TYPE_CHECKING:
    from git import Repo


# whoever has more of them than fit a screen corrects these first
_MAX_PROBLEMS: Final = 20


@dataclass(frozen=True, slots=True)
class BranchRequest:
    """What `branch` is asked for: the branch, its base revision, and where to push it."""

    name: str
    base: str
    per_rule: bool
    push: str | None


def check(options: Options) -> int:
    """Print the findings; return 1 where there are any, 2 where something could not be read."""
    stack = _load(options)
    found = run_check(stack, chosen_rules(options.select, options.ignore))
    _write(text.findings(found, _paint(options, error=False)))
    if stack.problems:
        return _tell_problems(stack)
    return 1 if found else 0


def diff(options: Options, output: str | None = None) -> int:
    """Print the diff, or write it to `output`; the summary goes to standard error."""
    outcome = _outcome(options)
    patch = diff_report.diff(outcome)
    if output is not None:
        _write_file(output, patch)
    elif sys.stdout.isatty():
        _write(diff_report.for_screen(patch, _paint(options, error=False)))
    else:
        _write(patch)
    return _finish(outcome, options)


def apply(options: Options) -> int:
    """Write the fixes into the files, all or none."""
    from patcher.sink.files import write_all

    root = _root(options)
    outcome = _outcome(options)
    write_all(root, outcome.changes)
    return _finish(outcome, options)


def branch(options: Options, request: BranchRequest) -> int:
    """Commit the fixes on a new branch, made from the base commit's own files."""
    from patcher.sink.git import RevisionTree, open_repository, project_prefix, resolve_commit

    root = _root(options)
    repo = open_repository(root)
    try:
        prefix = project_prefix(root)
        base = resolve_commit(repo, request.base)
        stack = _loaded(RevisionTree(repo, base, prefix), options, root)
        _refuse_problems(stack)
        outcome = fix(stack, chosen_rules(options.select, options.ignore), options.minimum)
        if outcome.changes:
            _commit(repo, prefix, base, outcome, options, request)
    finally:
        repo.close()
    return _finish(outcome, options)


def _commit(
    repo: Repo,
    prefix: str,
    base: str,
    outcome: Outcome,
    options: Options,
    request: BranchRequest,
) -> None:
    from patcher.engine.per_rule import steps
    from patcher.report import message
    from patcher.sink.git import PlannedCommit, commit_branch, push

    if request.per_rule:
        rules = chosen_rules(options.select, options.ignore)
        planned = [
            PlannedCommit(message.for_rule(step.rule, step.fixed), step.files)
            for step in steps(outcome, rules, options.minimum)
        ]
    else:
        files = {one.after.path: one.after for one in outcome.changes}
        planned = [PlannedCommit(message.for_all(outcome.fixed), files)]
    made = commit_branch(repo, prefix, request.name, base, planned)
    if request.push is not None:
        push(repo, request.push, request.name)
    if not options.quiet:
        _write(f"{made.name}: {made.commits[-1][:12]} on {made.base[:12]}\n")


def explain(name: str) -> int:
    """Print a rule's documentation."""
    rule = rule_named(name)
    _write(f"{rule.id} ({rule.severity.name.lower()}, fix: {rule.fixable.value})\n\n")
    _write(rule.docs.strip() + "\n")
    return 0


def rules() -> int:
    """Print the rules, one a line."""
    width = max(len(rule.id) for rule in all_rules())
    for rule in all_rules():
        _write(f"{rule.id:<{width}}  {rule.severity.name.lower():<8} {rule.summary}\n")
    return 0


def _root(options: Options) -> Path:
    directory = options.directory or Path()
    if options.directory is not None or options.file:
        return find_root(directory, ())
    return find_root(directory, NAMES)


def _request(options: Options, root: Path) -> Request:
    return Request(tuple(options.file), tuple(options.nginx), os.environ, root.name)


def _load(options: Options) -> Stack:
    root = _root(options)
    return _loaded(DiskFiles(root), options, root)


def _loaded(files: Files, options: Options, root: Path) -> Stack:
    stack = load(files, _request(options, root), Settings())
    for warning in stack.warnings:
        _tell(f"warning: {warning}")
    return stack


def _outcome(options: Options) -> Outcome:
    stack = _load(options)
    _refuse_problems(stack)
    return fix(stack, chosen_rules(options.select, options.ignore), options.minimum)


def _refuse_problems(stack: Stack) -> None:
    """Nothing is fixed beside a file that cannot be read: it may say the opposite."""
    if stack.problems:
        *others, last = stack.problems[:_MAX_PROBLEMS]
        for problem in others:
            _tell(str(problem))
        raise last


def _tell_problems(stack: Stack) -> int:
    for problem in stack.problems[:_MAX_PROBLEMS]:
        _tell(str(problem))
    return 2


def _finish(outcome: Outcome, options: Options) -> int:
    if not options.quiet:
        report = text.summary(outcome, _paint(options, error=True), verbose=options.verbose)
        sys.stderr.write(report)
    return outcome.exit_code if options.exit_code else 0


def _paint(options: Options, *, error: bool) -> Paint:
    return paint_for(sys.stderr if error else sys.stdout, options.color, os.environ)


def _tell(line: str) -> None:
    sys.stderr.write(f"hanna-fix: {brief(line)}\n")


def _write(content: str) -> None:
    """Write to standard output byte for byte: no newline translation, always UTF-8."""
    sys.stdout.flush()
    sys.stdout.buffer.write(content.encode("utf-8"))
    sys.stdout.buffer.flush()


def _write_file(path: str, content: str) -> None:
    try:
        Path(path).write_bytes(content.encode("utf-8"))
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise UserError(f"cannot be written: {reason}", path=path) from None
