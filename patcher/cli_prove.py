"""The command line of `hanna-fix prove`: options and calls; no logic."""

from __future__ import annotations

import typer

from patcher import run_prove
from patcher.cli_options import Options, with_options
from patcher.cli_prove_options import Programs, with_programs


@with_options
@with_programs
def prove(context: typer.Context, *, programs: Programs, options: Options) -> None:
    """Put the fixes to the real Compose and nginx; print what they say, and write nothing."""
    raise typer.Exit(run_prove.prove(options.over(context.obj), programs))
