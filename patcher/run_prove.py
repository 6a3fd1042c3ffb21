"""What `prove` does: makes the fixes, puts them to the real programs, and prints what they say."""

from __future__ import annotations

from patcher.cli_options import Options, Wanted
from patcher.cli_prove_options import Programs, Prove, ProveOptions
from patcher.deliver import check_deliverable, deliver, of_parts
from patcher.output import paint, write, write_file
from patcher.parts import outcome_of
from patcher.proving import engine, proving, refuse_lacking
from patcher.report import text
from patcher.report.formats import Format
from patcher.report.style import Paint
from patcher.work import Work


def prove(options: Options, programs: Programs, wanted: Wanted) -> int:
    """Report what the programs say of the fixes; raises UserError where something is not proven."""
    check_deliverable(options, wanted)
    asked = ProveOptions(programs.compose, programs.nginx_bin, Prove.AUTO)
    with proving(asked) as session:
        work = Work.on_disk(options, engine(session))
        parts = work.parts()
    outcome = outcome_of(parts)
    if options.format is not Format.TEXT:
        deliver(of_parts(work, parts, wanted, written=False), options, wanted, to_error=False)
    elif wanted.output is not None:
        write_file(wanted.output, text.proven(outcome, Paint(on=False)))
    elif not options.quiet:
        write(text.proven(outcome, paint(options, error=False)))
    refuse_lacking(outcome)
    return work.tell_problems() or (1 if outcome.held else 0)
