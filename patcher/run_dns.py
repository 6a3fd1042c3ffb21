"""What `hanna-fix prove --dns` does: try every nginx before and after the fixes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from patcher.cli_options import NOTHING_MORE, Options, Wanted
from patcher.errors import UserError
from patcher.output import check_writable, paint, write, write_file
from patcher.prove.private import CannotRun
from patcher.report.formats import Format
from patcher.work import Work

if TYPE_CHECKING:
    from patcher.prove.dns.lab import Case, Progress


def dns(options: Options, nginx: str | None = None, wanted: Wanted = NOTHING_MORE) -> int:
    """Report how requests fare before and after the fixes.

    `nginx` is the path of the program to run, None for the one that is installed. Return 1 where
    the configuration after the fixes fails with all services there, or cannot be tried. Raises
    UserError for another format than text and JSON.
    """
    if options.format not in (Format.TEXT, Format.JSON):
        todo = "use text or json"
        raise UserError(f"the DNS lab has no format {options.format}", todo=todo)
    if wanted.output is not None:
        check_writable(wanted.output)
    try:
        from patcher.prove.dns.document import document
        from patcher.prove.dns.lab import run
        from patcher.prove.dns.result import Pace
        from patcher.prove.dns.table import table
    except ImportError as error:
        todo = "install it with `pip install 'hanna-fix[prove]'`"
        raise UserError(f"the DNS lab needs {error.name}", todo=todo) from None
    work = Work.on_disk(options)
    cases = list(_cases(work))
    with _progress(options) as progress:
        try:
            results = run(cases, nginx, Pace(), progress)
        except CannotRun as error:
            raise UserError(str(error)) from None
    told = document(results) if options.format is Format.JSON else table(results)
    if wanted.output is not None:
        write_file(wanted.output, told)
    elif options.format is Format.JSON or not options.quiet:
        write(told)
    return work.tell_problems() or int(results.fails)


def _cases(work: Work) -> Iterator[Case]:
    """Yield what there is to try; raises UserError where that is nothing, or too much."""
    from patcher.prove.dns.lab import MAX_NGINX, cases

    found = []
    for part in work.parts():
        changed = {one.after.path: one.after for one in part.outcome.changes}
        found += cases(part.folder, part.stack, part.stack.patched(changed))
    names = {one.name for one in found}
    if not names:
        todo = "the DNS lab sends requests through nginx, and has nothing to ask"
        raise UserError("no nginx of the stack hands requests to a service", todo=todo)
    if len(names) > MAX_NGINX:
        todo = "name the directory of one stack with -C"
        raise UserError(
            f"the DNS lab tries {MAX_NGINX} nginx, and here are {len(names)}", todo=todo
        )
    yield from found


class _Silent:
    def plan(self, requests: int) -> None:
        """Say nothing."""

    def tick(self) -> None:
        """Say nothing."""


@contextmanager
def _progress(options: Options) -> Iterator[Progress]:
    """Show a bar on a terminal, on standard error; it is gone at the end."""
    if options.quiet or not sys.stderr.isatty():
        yield _Silent()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("asking nginx"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns,
        console=Console(stderr=True, no_color=not paint(options, error=True).on),
        transient=True,
    ) as bar:
        task = bar.add_task("", total=0)

        class Shown:
            def plan(self, requests: int) -> None:
                bar.update(task, total=(bar.tasks[0].total or 0) + requests)

            def tick(self) -> None:
                bar.advance(task)

        yield Shown()
