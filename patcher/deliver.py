"""Where a report goes: made of what the stacks came to, and written where it was asked for."""

from __future__ import annotations

import os
import posixpath
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from patcher.cli_options import Options, Wanted
from patcher.engine.many import moved, moved_finding, moved_source
from patcher.errors import UserError
from patcher.finding import Finding, Fix
from patcher.output import add_to_file, check_writable, paint, write, write_file
from patcher.parts import Part, outcome_of
from patcher.report import text
from patcher.report.entries import (
    Entry,
    Report,
    StackResult,
    StackView,
    entries_of,
    merged_entries,
)
from patcher.report.formats import FROM_REPOSITORY, Format, render
from patcher.report.style import Paint
from patcher.stack.stack import Stack
from patcher.text import Source
from patcher.work import Work, moved_error

_SUMMARY: Final = "GITHUB_STEP_SUMMARY"
_SUMMARY_LIMIT: Final = 1024 * 1024  # bytes of one step's summary, as GitHub documents it


def of_parts(
    work: Work,
    parts: tuple[Part, ...],
    wanted: Wanted,
    *,
    written: bool,
    prefix: str | None = None,
) -> Report:
    """Return the report of a command that fixes; `written` tells that it wrote the files.

    Its paths are below `prefix`, or, with None, as the format has them.
    """
    prefix = prefix_of(work) if prefix is None else prefix
    found = {part.folder: _entries(part, posixpath.join(prefix, part.folder)) for part in parts}
    return Report(
        merged_entries(found.values()),
        problems_of(work, prefix),
        moved(outcome_of(parts), prefix),
        written=written,
        statistics=wanted.statistics,
        stacks=_stacks(work, found),
        views=tuple(
            StackView(one.folder, one.stack, found[one.folder], one.outcome) for one in parts
        ),
    )


def _entries(part: Part, folder: str) -> tuple[Entry, ...]:
    outcome = part.outcome
    fixed = (one.finding for one in outcome.fixed)
    held = (one.finding for one in outcome.held)
    sources = _sources(part.stack, [*fixed, *held, *outcome.left], folder)
    carried = [posixpath.join(folder, path) for path in part.stack.changed]
    return entries_of(moved(outcome, folder), sources, carried)


def of_findings(
    work: Work,
    entries: Mapping[str, tuple[Entry, ...]],
    views: Iterable[StackView],
    wanted: Wanted,
) -> Report:
    """Return the report of `check`: what was found in each stack, by its directory."""
    return Report(
        merged_entries(entries.values()),
        problems_of(work, prefix_of(work)),
        statistics=wanted.statistics,
        stacks=_stacks(work, entries),
        views=tuple(views),
    )


def _stacks(work: Work, entries: Mapping[str, tuple[Entry, ...]]) -> tuple[StackResult, ...]:
    if not work.options.recursive:
        return ()
    return tuple(
        StackResult(folder, entries.get(folder, ()), count)
        for folder, count in work.not_read.items()
    )


def entries_found(
    work: Work, stack: Stack, folder: str, findings: tuple[Finding, ...]
) -> tuple[Entry, ...]:
    """Return what `check` reports of findings in the stack in `folder`."""
    place = posixpath.join(prefix_of(work), folder)
    if work.options.format is Format.TEXT:  # which tells of fixes, and shows none
        findings = tuple(map(_without_edits, findings))
    sources = _sources(stack, findings, place) if work.options.format is not Format.TEXT else {}
    return tuple(Entry.found(moved_finding(one, place), sources) for one in findings)


def _without_edits(finding: Finding) -> Finding:
    if not isinstance(finding.remedy, Fix):
        return finding
    return replace(finding, remedy=replace(finding.remedy, edits=()))


def _sources(stack: Stack, findings: Iterable[Finding], folder: str) -> Mapping[str, Source]:
    """Return the files in which findings lie, and which their fixes edit, by moved path."""
    paths = {path for one in findings for path in _paths(one)}
    read = (stack.files.read(path) for path in sorted(paths))
    sources = (moved_source(one, folder) for one in read if one is not None)
    return {one.path: one for one in sources}


def _paths(finding: Finding) -> Iterator[str]:
    yield from (place.path for place in finding.where)
    if isinstance(finding.remedy, Fix):
        yield from (edit.path for edit in finding.remedy.edits)


def problems_of(work: Work, prefix: str) -> tuple[UserError, ...]:
    """Return what could not be read, with paths below `prefix`."""
    return tuple(moved_error(one, prefix) if prefix else one for one in work.problems)


def prefix_of(work: Work) -> str:
    """Return the project directory as seen from the repository's top, where the format asks so."""
    return repository_prefix(work.root) if work.options.format in FROM_REPOSITORY else ""


def repository_prefix(root: Path) -> str:
    """Return a directory as seen from the top of its repository; empty without one."""
    top = next((one for one in (root, *root.parents) if (one / ".git").exists()), None)
    path = "" if top is None else root.relative_to(top).as_posix()
    return "" if path == "." else path


def finish(
    work: Work, parts: tuple[Part, ...], options: Options, wanted: Wanted, *, written: bool = False
) -> int:
    """Report what the parts came to; return the exit code."""
    if not options.quiet or options.format is not Format.TEXT:
        report = of_parts(work, parts, wanted, written=written)
        deliver(report, options, wanted, to_error=True)
    left = outcome_of(parts).exit_code if options.exit_code else 0
    return work.tell_problems() or left


def check_deliverable(options: Options, wanted: Wanted) -> None:
    """Raise UserError where the report could not be delivered, before anything else is written."""
    wanted.checked(options)
    for path in (wanted.output, _job_page(options)):
        if path:
            check_writable(path)


def deliver(report: Report, options: Options, wanted: Wanted, *, to_error: bool) -> None:
    """Write a report: to the file that was asked for, else to standard output.

    `to_error` sends one for people to standard error instead, where standard output has its own
    use.
    """
    if options.format is not Format.TEXT:
        publish(render(report, options.format), wanted)
        summarize(options, partial(_summary, report))
        return
    on_screen = wanted.output is None
    colors = paint(options, error=to_error) if on_screen else Paint(on=False)
    told = text.told(report, colors, verbose=options.verbose)
    if on_screen and to_error:
        sys.stderr.write(told)
    else:
        publish(told, wanted)


def _summary(report: Report, limit: int) -> str:
    from patcher.report import markdown

    return markdown.summary(report, limit)


def publish(content: str, wanted: Wanted) -> None:
    """Write a report to the file that was asked for, else to standard output."""
    if wanted.output is None:
        write(content)
    else:
        write_file(wanted.output, content)


def summarize(options: Options, summary: Callable[[int], str]) -> None:
    """Add a summary, made for a limit in bytes, to the job's page where there is one."""
    if path := _job_page(options):
        add_to_file(path, summary(_SUMMARY_LIMIT))


def _job_page(options: Options) -> str | None:
    """Return the file that GitHub Actions shows on the page of the job, where it names one."""
    return os.environ.get(_SUMMARY) if options.format is Format.GITHUB else None
