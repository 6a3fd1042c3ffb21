"""Counts by rule, in the place of single findings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from patcher.finding import Fix
from patcher.report.entries import Report, State


@dataclass(frozen=True, slots=True)
class Row:
    """The findings of one rule, or of all: how many, with a fix, and of each state."""

    rule: str
    findings: int
    fixable: int
    fixed: int
    held: int
    left: int


def rows(report: Report) -> tuple[Row, ...]:
    """Return a row for every rule with a finding: most findings first, then by rule."""
    rules = {one.finding.rule for one in report.entries}
    found = (_row(report, rule) for rule in rules)
    return tuple(sorted(found, key=lambda one: (-one.findings, one.rule)))


def _row(report: Report, rule: str) -> Row:
    entries = [one for one in report.entries if one.finding.rule == rule]
    states = [one.state for one in entries]
    fixed, held, left = (states.count(state) for state in (State.FIXED, State.HELD, State.LEFT))
    fixable = sum(isinstance(one.finding.remedy, Fix) for one in entries)
    return Row(rule, len(entries), fixable, fixed, held, left)


def cells(report: Report) -> Iterator[tuple[str, ...]]:
    """Yield the table, its head first: of `check` what has a fix, else what became of them."""
    if report.outcome is None:
        yield "rule", "findings", "with a fix"
        yield from ((one.rule, str(one.findings), str(one.fixable)) for one in rows(report))
    else:
        yield "rule", "fixed", "held", "left"
        for one in rows(report):
            yield one.rule, str(one.fixed), str(one.held), str(one.left)


def table(report: Report) -> str:
    """Return the table in columns, with an empty line below; empty where nothing is counted."""
    return columns(list(cells(report))) if report.entries else ""


def columns(table: list[tuple[str, ...]]) -> str:
    """Return rows as lines: the first column to the left, the others to the right; an empty line.

    The cells have to be safe on a terminal.
    """
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return "".join(f"{_line(row, widths)}\n" for row in table) + "\n"


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    first, *others = zip(row, widths, strict=True)
    return "  ".join([f"{first[0]:<{first[1]}}", *(f"{cell:>{width}}" for cell, width in others)])
