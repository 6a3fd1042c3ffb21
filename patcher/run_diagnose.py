"""What `diagnose` does: read logs, join them with the stack, report; or follow them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from patcher.cli_options import NOTHING_MORE, Options, Wanted
from patcher.deliver import check_deliverable, prefix_of, problems_of, publish, summarize
from patcher.diagnose.blocks import counted, whole_lines
from patcher.diagnose.diagnosis import with_stack, without_stack
from patcher.diagnose.failure import Failure, Groups
from patcher.diagnose.inputs import pieces
from patcher.diagnose.limits import Alarm, Throttle, since
from patcher.diagnose.request import STDIN, Request
from patcher.diagnose.tail import follow
from patcher.diagnose.watch import watch
from patcher.errors import UserError
from patcher.output import paint, tell, write
from patcher.report import diagnosis as text
from patcher.report.diagnosed import Diagnosed
from patcher.report.formats import Format, render_diagnosis
from patcher.report.style import Paint
from patcher.stack.compose.discover import NAMES
from patcher.stack.stack import Stack
from patcher.time_limit import begin_anew
from patcher.work import Work

T = TypeVar("T")

_FOLLOWED: Final = (Format.TEXT, Format.JSON)
"""The formats that have a line for each failure as it comes."""

if TYPE_CHECKING:
    from patcher.diagnose.running import Running


def diagnose(options: Options, request: Request, wanted: Wanted = NOTHING_MORE) -> int:
    """Report what the logs tell; return 1 for more failures than are allowed, 2 for bad input."""
    _check(options, request, wanted)
    work, stack = _stack(options)
    groups = Groups()
    if request.follow:
        too_many = _follow(request, groups, options.format)
    else:
        too_many = _read(request, groups) > (request.limit or 0)
    now = _running(stack) if request.live else None
    diagnosis = without_stack(groups) if stack is None else with_stack(groups, stack, now)
    prefix = prefix_of(work)
    problems = problems_of(work, prefix)
    statistics, followed = wanted.statistics, request.follow
    report = Diagnosed(diagnosis, problems, too_many, statistics, prefix, followed)
    _report(report, options, wanted)
    return work.tell_problems() or int(too_many)


def _check(options: Options, request: Request, wanted: Wanted) -> None:
    """Raise UserError for what does not go together, or cannot be written, before all else."""
    if request.follow and options.format not in _FOLLOWED:
        todo = f"use {' or '.join(_FOLLOWED)}"
        raise UserError(f"--follow does not go with --format {options.format}", todo=todo)
    request.checked()
    check_deliverable(options, wanted)


def _stack(options: Options) -> tuple[Work, Stack | None]:
    """Return the stack; None where none was asked for and there is none here."""
    if options.recursive:
        raise UserError("a log is of one stack: not with --recursive", todo="name it with -C")
    work = Work.on_disk(options)
    is_asked_for = options.directory is not None or options.file or os.environ.get("COMPOSE_FILE")
    if not is_asked_for and not any((work.root / name).is_file() for name in NAMES):
        return work, None
    return work, work.one_stack()


def _read(request: Request, groups: Groups) -> int:
    """Read whole logs; return how many failures they tell."""
    begin = "" if request.since is None else since(request.since)
    for path in request.logs:
        for block in _timed(whole_lines(pieces(path))):
            for failure, count in counted(block):
                if failure.time >= begin:
                    groups.add(failure, count)
    return groups.total


def _timed(blocks: Iterable[T]) -> Iterator[T]:
    """Give each block the time that one piece of work may take: a log may go on for years."""
    for block in blocks:
        begin_anew()
        yield block


def _follow(request: Request, groups: Groups, form: Format) -> bool:
    """Tell failures as they come until somebody interrupts, or there are too many."""
    blocks = whole_lines(pieces(STDIN)) if STDIN in request.logs else follow(request.logs)
    alarm = None if request.limit is None else Alarm(request.limit, request.window)
    throttle = Throttle(request.rate)

    def show(failure: Failure) -> None:
        if throttle.passes(time.monotonic()):
            write(_event(failure, groups.total, throttle.told(), form))

    rang = watch(_timed(blocks), groups, alarm, show)
    if throttle.left_out and form is Format.TEXT:
        write(text.left_out(throttle.told()))
    return rang or (request.limit is None and groups.total > 0)


def _event(failure: Failure, total: int, left_out: int, form: Format) -> str:
    if form is Format.JSON:
        from patcher.report import diagnosis_json

        return diagnosis_json.event(failure, total, left_out)
    return text.left_out(left_out) + text.event(failure, total)


def _running(stack: Stack | None) -> Running | None:
    """Ask Docker; without an answer the rest goes on."""
    from patcher.diagnose.docker import NoAnswer
    from patcher.diagnose.running import running

    reason = "there is no compose file that names the containers"
    if stack is not None:
        try:
            return running(stack)
        except NoAnswer as error:
            reason = str(error)
    tell(f"--live: {reason}; the rest goes on without it")
    return None


def _report(report: Diagnosed, options: Options, wanted: Wanted) -> None:
    if options.format is not Format.TEXT:
        publish(render_diagnosis(report, options.format), wanted)
        summarize(options, partial(_summary, report))
    elif not options.quiet:
        on_screen = wanted.output is None
        colors = paint(options, error=False) if on_screen else Paint(on=False)
        publish(text.text(report.diagnosis, colors, statistics=wanted.statistics), wanted)


def _summary(report: Diagnosed, limit: int) -> str:
    from patcher.report import diagnosis_markdown

    return diagnosis_markdown.summary(report, limit)
