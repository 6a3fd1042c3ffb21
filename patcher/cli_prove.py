"""The command line of `hanna-fix prove`: options and calls; no logic."""

from __future__ import annotations

from typing import Annotated

import typer

from patcher import run_dns, run_prove
from patcher.cli_options import Options, with_options
from patcher.cli_prove_options import Programs, with_programs


@with_options
@with_programs
def prove(
    context: typer.Context,
    dns: Annotated[
        bool,
        typer.Option("--dns", help="Send requests through nginx, with name servers on loopback."),
    ] = False,
    *,
    programs: Programs,
    options: Options,
) -> None:
    """Put the fixes to the real Compose and nginx; print what they say, and write nothing."""
    given = options.over(context.obj)
    if dns and programs.compose is not None:
        raise typer.BadParameter("--dns runs nginx alone: not with --compose")
    if dns:
        raise typer.Exit(run_dns.dns(given, programs.nginx_bin))
    raise typer.Exit(run_prove.prove(given, programs))
