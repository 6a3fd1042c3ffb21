"""A diagnosis in Markdown, for issues, chat and the page of a job."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from patcher.diagnose.diagnosis import Diagnosis, Explained
from patcher.diagnose.kinds import title
from patcher.report.diagnosed import Diagnosed
from patcher.report.diagnosis import totals
from patcher.report.diagnosis_lines import Depth, lines, tables, total
from patcher.report.diagnosis_statistics import cells
from patcher.report.markdown import problems, table
from patcher.report.markup import cell, code, prose

_BULLETS: Final = {
    Depth.FACT: "- {}: {}",
    Depth.CAUSE: "- **{}**: {}",
    Depth.OF_CAUSE: "  - {}: {}",
}


def render(report: Diagnosed) -> str:
    """Return a table of the groups, then a section for each; or a table of the kinds alone."""
    diagnosis = report.diagnosis
    not_read = problems(report.problems)
    if not diagnosis.total and not diagnosis.databases:
        return "\n".join(["No failures.\n", *not_read])
    told = [_statistics(diagnosis)] if report.statistics else [*_groups(diagnosis)]
    ends = "".join(f"{prose(line)}  \n" for line in totals(diagnosis).splitlines())
    return "\n".join([*told, f"{ends.rstrip()}\n", *not_read])


def summary(report: Diagnosed, limit: int) -> str:
    """Return the report with a heading; where that is longer than `limit` bytes, counts alone."""
    heading = f"## hanna-fix: {total(report.diagnosis)}\n\n"
    whole = heading + render(report)
    if len(whole.encode()) <= limit:
        return whole
    return heading + _statistics(report.diagnosis)


def _statistics(diagnosis: Diagnosis) -> str:
    return table(cells(diagnosis)) if diagnosis.total else ""


def _groups(diagnosis: Diagnosis) -> Iterator[str]:
    rows = ["| failures | what failed | first | last |", "|---:|---|---|---|"]
    yield "".join(f"{row}\n" for row in [*rows, *map(_row, diagnosis.explained)])
    for one in diagnosis.explained:
        yield "".join(f"{line}\n" for line in _section(one, diagnosis))
    for database in diagnosis.databases:
        yield f"Database {code(database.service)} {prose(tables(database))}.\n"


def _row(one: Explained) -> str:
    group = one.group
    shown = cell(prose(title(group.subject)))
    return f"| {group.count} | {shown} | {group.first} | {group.last} |"


def _section(one: Explained, diagnosis: Diagnosis) -> Iterator[str]:
    yield f"### {prose(title(one.group.subject))}"
    yield ""
    for line in lines(one, diagnosis):
        yield _BULLETS[line.depth].format(line.about, prose(line.words))
