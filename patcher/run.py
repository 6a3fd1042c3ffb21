"""What each command does: load, run the engine, report, write."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial

from patcher.cli_options import NOTHING_MORE, Options, Wanted
from patcher.cli_prove_options import ProveOptions
from patcher.config.load import read_config
from patcher.deliver import check_deliverable, finish
from patcher.output import paint, tell, write, write_file
from patcher.parts import confirm, outcome_of
from patcher.proving import engine
from patcher.proving import proving as start_proving
from patcher.report import config as config_report
from patcher.report import diff as diff_report
from patcher.report.formats import Format
from patcher.rules import all_rules, rule_named
from patcher.stack.disk import DiskFiles
from patcher.work import Work, root_of, services_of


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
    return finish(work, parts, options, wanted)


def _show(patch: str, options: Options, wanted: Wanted) -> None:
    if wanted.output is not None:
        write_file(wanted.output, patch)
    elif sys.stdout.isatty():
        write(diff_report.for_screen(patch, paint(options, error=False)))
    else:
        write(patch)


def apply(
    options: Options,
    proving: ProveOptions,
    wanted: Wanted = NOTHING_MORE,
    *,
    interactive: bool = False,
) -> int:
    """Undo a run that was cut off; then write the fixes into the files, all or none.

    `interactive` asks for each fix before anything is written.
    """
    from patcher.run_choose import asked
    from patcher.sink.files import write_all
    from patcher.sink.recovery import recover

    check_deliverable(options, wanted)
    ask = asked(options) if interactive else None
    with start_proving(proving) as session:
        work = Work.on_disk(options, engine(session), ask)
        recover(work.root, tell)
        parts = work.parts()
        again = None if session is None else partial(confirm, session, work.root, parts)
        write_all(work.root, outcome_of(parts).changes, again)
    return finish(work, parts, options, wanted, written=True)


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
