"""What `diagnose` does: read logs, join them with the stack, report; or follow them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

from patcher.cli_options import Options
from patcher.diagnose.blocks import counted, whole_lines
from patcher.diagnose.diagnosis import Diagnosis, with_stack, without_stack
from patcher.diagnose.failure import Failure, Groups
from patcher.diagnose.inputs import pieces
from patcher.diagnose.limits import Alarm, Throttle, since
from patcher.diagnose.request import STDIN, Format, Request
from patcher.diagnose.tail import follow
from patcher.diagnose.watch import watch
from patcher.errors import UserError
from patcher.output import paint, tell, write
from patcher.report import diagnosis as text
from patcher.report import diagnosis_json, diagnosis_markdown
from patcher.stack.compose.discover import NAMES
from patcher.stack.stack import Stack
from patcher.time_limit import begin_anew
from patcher.work import Work

T = TypeVar("T")

if TYPE_CHECKING:
    from patcher.diagnose.running import Running


def diagnose(options: Options, request: Request) -> int:
    """Report what the logs tell; return 1 for more failures than are allowed, 2 for bad input."""
    request.checked()
    work, stack = _stack(options)
    groups = Groups()
    if request.follow:
        too_many = _follow(request, groups)
    else:
        too_many = _read(request, groups) > (request.limit or 0)
    now = _running(stack) if request.live else None
    diagnosis = without_stack(groups) if stack is None else with_stack(groups, stack, now)
    _report(diagnosis, work, options, request, too_many=too_many)
    return work.tell_problems() or int(too_many)


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


def _follow(request: Request, groups: Groups) -> bool:
    """Tell failures as they come until somebody interrupts, or there are too many."""
    blocks = whole_lines(pieces(STDIN)) if STDIN in request.logs else follow(request.logs)
    alarm = None if request.limit is None else Alarm(request.limit, request.window)
    throttle = Throttle(request.rate)

    def show(failure: Failure) -> None:
        if throttle.passes(time.monotonic()):
            write(_event(failure, groups.total, throttle.told(), request.format))

    rang = watch(_timed(blocks), groups, alarm, show)
    if throttle.left_out and request.format is Format.TEXT:
        write(text.left_out(throttle.told()))
    return rang or (request.limit is None and groups.total > 0)


def _event(failure: Failure, total: int, left_out: int, form: Format) -> str:
    if form is Format.JSON:
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


def _report(
    diagnosis: Diagnosis, work: Work, options: Options, request: Request, *, too_many: bool
) -> None:
    if request.format is Format.JSON:
        is_line = request.follow
        write(diagnosis_json.document(diagnosis, work.problems, too_many=too_many, line=is_line))
    elif request.format is Format.MARKDOWN:
        write(diagnosis_markdown.markdown(diagnosis))
    elif not options.quiet:
        write(text.text(diagnosis, paint(options, error=False)))
