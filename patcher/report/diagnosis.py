"""A diagnosis for people to read."""

from __future__ import annotations

from typing import Final

from patcher.diagnose.diagnosis import Diagnosis, Explained
from patcher.diagnose.failure import MAX_GROUPS, Failure
from patcher.diagnose.kinds import title
from patcher.diagnose.tables import Tables
from patcher.errors import visible
from patcher.report.diagnosis_lines import Depth, Line, found, lines, tables, times
from patcher.report.diagnosis_lines import total as total_of
from patcher.report.diagnosis_statistics import cells
from patcher.report.statistics import columns
from patcher.report.style import Paint
from patcher.report.text import count

NO_STACK: Final = (
    "no compose file was read, so the causes are those that such failures have in general"
)


def text(diagnosis: Diagnosis, paint: Paint, *, statistics: bool = False) -> str:
    """Return the groups of failures, each with what is known, its causes, and what is not told.

    `statistics` has counts by kind in their place.
    """
    if statistics:
        counts = columns(cells(diagnosis)) if diagnosis.total else ""
        return counts + totals(diagnosis)
    blocks = [_block(one, diagnosis, paint) for one in diagnosis.explained]
    blocks += [_database(one, diagnosis, paint) for one in diagnosis.databases]
    return "".join([*blocks, totals(diagnosis)])


def totals(diagnosis: Diagnosis) -> str:
    """Return how much was found, and with which rules to begin."""
    told = [total_of(diagnosis)]
    if diagnosis.total:
        told.append(_not_grouped(diagnosis))
        told.append("" if diagnosis.has_stack else f"{NO_STACK}; -C names the project directory")
        told.append(begin_with(diagnosis))
    return "".join(f"{line}\n" for line in told if line)


def _not_grouped(diagnosis: Diagnosis) -> str:
    if not diagnosis.others:
        return ""
    return (
        f"{count(diagnosis.others, 'failure')} beyond the first {MAX_GROUPS} groups are only "
        "counted: the log holds very many names"
    )


def begin_with(diagnosis: Diagnosis) -> str:
    """Return the command to begin with; nothing where no rule finds a likely cause."""
    if not diagnosis.rules:
        return ""
    command = "--dry-run" if diagnosis.is_fixed_safely else "check"
    return f"begin with: hanna-fix {command} --select {','.join(diagnosis.rules)}"


def event(failure: Failure, total: int) -> str:
    """Return one failure as it comes, safe on a terminal, with the count so far."""
    time = f"{failure.time} " if failure.time else ""
    return f"{time}{visible(title(failure.subject))} [{total}]\n"


def left_out(number: int) -> str:
    """Return how many failures were not printed, nothing for none."""
    return f"... {count(number, 'failure')} more, not printed\n" if number else ""


def _block(one: Explained, diagnosis: Diagnosis, paint: Paint) -> str:
    head = paint(visible(title(one.group.subject)), "bold")
    told = [f"{paint(times(one.group.count), 'red')} {head}"]
    told += [_line(line, paint) for line in lines(one, diagnosis)]
    return "\n".join(told) + "\n\n"


def _line(line: Line, paint: Paint) -> str:
    indent = " " * (8 if line.depth is Depth.OF_CAUSE else 4)
    return f"{indent}{paint(line.about + ':', 'dim')} {visible(line.words)}"


def _database(one: Tables, diagnosis: Diagnosis, paint: Paint) -> str:
    told = [f"{paint('database', 'cyan')} `{visible(one.service)}` {tables(one)}"]
    if not one.problem and not one.count:
        rules = [Line("rule", found(finding, diagnosis)) for finding in diagnosis.missing_tables]
        told += [_line(rule, paint) for rule in rules]
    return "\n".join(told) + "\n\n"
