"""The command `diagnose`: options, calls; no logic."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Final

import typer

from patcher.cli_help import REPORT
from patcher.cli_options import Files, Options, Output, Wanted, with_files
from patcher.diagnose.request import Request
from patcher.report.formats import Format
from patcher.report.style import Color

EXAMPLES: Final = """
hanna-fix diagnose error.log  # what failed, why, and which rule fixes it
hanna-fix diagnose error.log --since 10m --max-failures 5  # for cron
hanna-fix diagnose error.log --follow  # as it happens
"""


@with_files
def diagnose(
    context: typer.Context,
    log: Annotated[
        list[str] | None,
        typer.Argument(metavar="LOG", help="nginx error logs, also .gz; - is standard input."),
    ] = None,
    live: Annotated[
        bool, typer.Option("--live", help="Ask Docker, too: containers, tables; reads only.")
    ] = False,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="TIME", help="Only lines from then on: 10m, 2h (UTC)."),
    ] = None,
    max_failures: Annotated[
        int | None,
        typer.Option(
            "--max-failures", metavar="N", min=0, max=1_000_000, help="Exit with 1 for more."
        ),
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow", help="Go on with new lines, until Ctrl-C.")
    ] = False,
    window: Annotated[
        float | None,
        typer.Option("--window", metavar="SECONDS", min=0.1, help="Count failures within it."),
    ] = None,
    rate: Annotated[
        int, typer.Option("--rate", metavar="N", min=1, help="Print N lines a second at most.")
    ] = 10,
    form: Annotated[
        Format,
        typer.Option(
            "--format", metavar="FORMAT", help=f"{', '.join(Format)}.", rich_help_panel=REPORT
        ),
    ] = Format.TEXT,
    output: Output = None,
    statistics: Annotated[
        bool,
        typer.Option(
            "--statistics", help="Counts by kind in place of causes.", rich_help_panel=REPORT
        ),
    ] = False,
    quiet: Annotated[
        bool, typer.Option("-q", "--quiet", help="No report.", rich_help_panel=REPORT)
    ] = False,
    color: Annotated[
        Color,
        typer.Option("--color", help="Colour: auto is on a terminal only.", rich_help_panel=REPORT),
    ] = Color.AUTO,
    *,
    files: Files,
) -> None:
    """Say what failed by nginx's error log, and why.

    Names the likely causes, and the rules and lines that belong to them. Exits with 1 where there
    are failures, or more than --max-failures.
    """
    given = {one.name: getattr(files, one.name) for one in fields(files)}
    own = Options(**given, format=form, quiet=quiet, color=color)
    options = own.over(context.obj)
    logs = tuple(log or ["-"])
    request = Request(logs, live, since, follow, max_failures, window, rate)
    from patcher.run_diagnose import diagnose as run

    raise typer.Exit(run(options, request, Wanted(output, statistics)))
