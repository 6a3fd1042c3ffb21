"""What `prove` does: makes the fixes, puts them to the real programs, and prints what they say."""

from __future__ import annotations

from patcher.cli_options import Format, Options
from patcher.cli_prove_options import Programs, Prove, ProveOptions
from patcher.output import paint, write
from patcher.proving import engine, proving, refuse_lacking
from patcher.report import json, text
from patcher.work import Work, outcome_of


def prove(options: Options, programs: Programs) -> int:
    """Print what the programs say of the fixes; raises UserError where something is not proven."""
    asked = ProveOptions(programs.compose, programs.nginx_bin, Prove.AUTO)
    with proving(asked) as session:
        work = Work.on_disk(options, engine(session))
        outcome = outcome_of(work.parts())
    if options.format is Format.JSON:
        write(json.outcome(outcome, work.problems))
    elif not options.quiet:
        write(text.proven(outcome, paint(options, error=False)))
    refuse_lacking(outcome)
    return work.tell_problems() or (1 if outcome.held else 0)
