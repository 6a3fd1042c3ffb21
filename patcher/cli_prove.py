"""The command line of `hanna-fix prove`: options and calls; no logic."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from patcher.cli_options import Options, Output, Wanted, with_options
from patcher.cli_prove_options import Programs, with_programs

EXAMPLES: Final = """
hanna-fix prove  # what docker compose and nginx say of the fixes
hanna-fix prove --dns  # requests through nginx, before and after the fixes
hanna-fix prove --nginx-bin /opt/nginx/sbin/nginx  # another nginx than the one found
"""


@with_options
@with_programs
def prove(
    context: typer.Context,
    dns: Annotated[
        bool,
        typer.Option("--dns", help="Send requests through nginx, with name servers on loopback."),
    ] = False,
    output: Output = None,
    *,
    programs: Programs,
    options: Options,
) -> None:
    """Put the fixes to the real Compose and nginx.

    Prints what they say of the files before and after, and writes nothing. Exits with 1 where they
    refuse a fix, with 2 where something is not proven.
    """
    from patcher import run_dns, run_prove

    given, wanted = options.over(context.obj), Wanted(output)
    if dns and programs.compose is not None:
        raise typer.BadParameter("--dns runs nginx alone: not with --compose")
    if dns:
        raise typer.Exit(run_dns.dns(given, programs.nginx_bin, wanted))
    raise typer.Exit(run_prove.prove(given, programs, wanted))
