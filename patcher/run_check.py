"""What `check` and `baseline` do: findings, beside those that are known and accepted."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import chain

from patcher.baseline import Compared, compare, updated
from patcher.baseline import Entry as Known
from patcher.cli_options import NOTHING_MORE, Options, Wanted
from patcher.deliver import deliver, entries_found, of_findings
from patcher.engine.check import check as run_check
from patcher.engine.many import moved_change
from patcher.engine.outcome import Change
from patcher.errors import UserError
from patcher.output import tell, write
from patcher.records import dataclass
from patcher.report import text
from patcher.report.entries import Entry, StackView
from patcher.report.formats import Format
from patcher.sink.baseline import baseline_change, read_baseline
from patcher.stack.stack import Stack
from patcher.work import Work, rules_for


def check(options: Options, baseline: str | None = None, wanted: Wanted = NOTHING_MORE) -> int:
    """Report the findings; return 1 where there are any, 2 where something could not be read.

    Those of each stack's baseline, at its usual place or at the path `baseline`, are only counted.
    """
    _refuse_one_file(options, baseline, "--baseline")
    wanted.checked(options)
    work = Work.on_disk(options)
    shows_stacks = options.format is Format.HTML
    checked = dict(work.each(partial(_checked, work, baseline), apart=not shows_stacks))
    entries = {folder: one.entries for folder, one in checked.items()}
    views = [one.view for one in checked.values() if one.view is not None]
    report = of_findings(work, entries, views, wanted)
    deliver(report, options, wanted, to_error=False)
    _tell_baseline(list(checked.values()), work, options)
    return work.tell_problems() or (1 if report.entries else 0)


@dataclass(frozen=True, slots=True)
class _Checked:
    """What `check` keeps of a stack: its new findings, and its baseline's entries beside them.

    `view` is there for a format that shows stacks; the others hold no stack longer than needed.
    """

    entries: tuple[Entry, ...]
    known: int
    stale: tuple[Known, ...]
    view: StackView | None


def _checked(work: Work, baseline: str | None, stack: Stack, folder: str) -> _Checked:
    one = _compared(stack, work.options, baseline)
    entries = entries_found(work, stack, folder, one.new)
    shows_stacks = work.options.format is Format.HTML
    view = StackView(folder, stack, entries, found=one.new) if shows_stacks else None
    return _Checked(entries, len(one.known), one.stale, view)


def baseline(options: Options, output: str | None, reason: str) -> int:
    """Record the findings, so that `check` fails for others only; known ones keep their reason."""
    from patcher.sink.files import write_all

    _refuse_one_file(options, output, "-o")
    work = Work.on_disk(options)
    every = dict(work.each(partial(_recorded, options, output, reason)))
    work.refuse_problems()
    recorded = [one for one in every.values() if one is not None]
    write_all(work.root, [change for change, _ in recorded])
    write("".join(told for _, told in recorded))
    return work.tell_problems()


def _recorded(
    options: Options, output: str | None, reason: str, stack: Stack, folder: str
) -> tuple[Change, str] | None:
    """Return a stack's new baseline, and what to tell of it."""
    if stack.problems:  # what cannot be read may hold a finding that is known
        return None
    compared = _compared(stack, options, output, must_exist=False)
    entries = updated(compared, reason)
    change = moved_change(baseline_change(stack.files, output, entries), folder)
    counts = f"{len(compared.new)} new, {len(compared.stale)} found no longer"
    return change, f"{change.after.path}: {text.count(len(entries), 'finding')}, {counts}\n"


def _refuse_one_file(options: Options, path: str | None, name: str) -> None:
    if options.recursive and path is not None:
        todo = "each stack has its own file with --recursive"
        raise UserError(f"{name} names the file of one stack", todo=todo)


def _compared(
    stack: Stack, options: Options, path: str | None, *, must_exist: bool = True
) -> Compared:
    rules = rules_for(stack, options)
    known = read_baseline(stack.files, path, must_exist=must_exist)
    return compare(run_check(stack, rules), known, {rule.id for rule in rules})


def _tell_baseline(compared: Sequence[_Checked], work: Work, options: Options) -> None:
    known = sum(one.known for one in compared)
    stale = list(chain.from_iterable(one.stale for one in compared))
    if options.quiet:
        return
    if known:
        tell(f"{text.count(known, 'finding')} of the baseline left out")
    if stale and not work.problems:  # what could not be read may hold them still
        entries = text.count(len(stale), "entry", "entries")
        tell(f"{entries} of the baseline found no longer; `hanna-fix baseline` takes them out")
        for one in stale if options.verbose else ():
            tell(f"found no longer: {one.rule} {one.path}: {one.message}")
