"""Counts by rule, in the place of single findings, and by stack."""

from __future__ import annotations

from collections.abc import Iterable

from patcher.errors import visible
from patcher.finding import Fix
from patcher.records import dataclass
from patcher.report.entries import Entry, Report, State

Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """How many findings there are, with a fix, and of each state."""

    findings: int
    fixable: int
    fixed: int
    held: int
    left: int

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Row:
        """Count entries."""
        every = tuple(entries)
        states = [one.state for one in every]
        fixed, held, left = (states.count(one) for one in (State.FIXED, State.HELD, State.LEFT))
        fixable = sum(isinstance(one.finding.remedy, Fix) for one in every)
        return cls(len(every), fixable, fixed, held, left)


def by_rule(report: Report) -> list[tuple[str, Row]]:
    """Return a row for every rule with a finding: most findings first, then by rule."""
    rules = {one.finding.rule for one in report.entries}
    rows = [
        (rule, Row.of(one for one in report.entries if one.finding.rule == rule)) for rule in rules
    ]
    return sorted(rows, key=lambda one: (-one[1].findings, one[0]))


def cells(report: Report) -> list[Cells]:
    """Return the table of the rules, its head first."""
    return [
        _head("rule", report),
        *((rule, *_counts(row, report)) for rule, row in by_rule(report)),
    ]


def stack_cells(report: Report) -> list[Cells]:
    """Return the table of the stacks, its head first: also how many of their files are not read."""
    rows = (
        (visible(one.folder or "."), *_counts(Row.of(one.entries), report), str(one.not_read))
        for one in report.stacks
    )
    return [(*_head("stack", report), "not read"), *rows]


def _head(first: str, report: Report) -> Cells:
    """Return the names of the columns: of `check` what has a fix, else what became of them."""
    if report.outcome is None:
        return first, "findings", "with a fix"
    return first, "fixed", "held", "left"


def _counts(row: Row, report: Report) -> Cells:
    if report.outcome is None:
        return str(row.findings), str(row.fixable)
    return str(row.fixed), str(row.held), str(row.left)


def table(report: Report) -> str:
    """Return the table in columns, with an empty line below; empty where nothing is counted."""
    return columns(cells(report)) if report.entries else ""


def stack_table(report: Report) -> str:
    """Return the table of the stacks, likewise; empty where only one was asked for."""
    return columns(stack_cells(report)) if report.stacks else ""


def columns(table: list[Cells]) -> str:
    """Return rows in columns, the first to the left, with an empty line below."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return "".join(f"{_line(row, widths)}\n" for row in table) + "\n"


def _line(row: Cells, widths: list[int]) -> str:
    first, *others = zip(row, widths, strict=True)
    return "  ".join([f"{first[0]:<{first[1]}}", *(f"{cell:>{width}}" for cell, width in others)])
