"""A report in Markdown, for a pull request, a job's summary or a chat."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from patcher.errors import UserError
from patcher.report import diff, statistics, text
from patcher.report.entries import Entry, Report, State, details
from patcher.report.markup import block, cell, code, plain, prose
from patcher.report.style import Paint

_HEADINGS: Final = {
    State.FOUND: "Findings",
    State.FIXED: "Fixed",
    State.HELD: "Held back",
    State.LEFT: "Left to you",
}


def render(report: Report) -> str:
    """Return the counts, each finding with its evidence and remedy, and the diff, folded."""
    parts = [
        f"## hanna-fix: {text.total(report)}",
        *problems(report.problems),
        *_stacks(report),
        *(_statistics(report) if report.statistics else _findings(report)),
        *proof(report),
        *_diff(report),
    ]
    return "\n".join(parts)


def summary(report: Report, limit: int) -> str:
    """Return the report, or where it is longer than `limit` bytes, the counts by rule alone."""
    whole = render(report)
    if len(whole.encode()) <= limit:
        return whole
    counts = (*_stacks(report), *_statistics(report))
    parts = [f"## hanna-fix: {text.total(report)}", *counts]
    return "\n".join(parts)


def proof(report: Report) -> Iterator[str]:
    """Yield what the real programs said, where they were asked."""
    if report.outcome is not None and report.outcome.proof:
        yield "### Proof\n"
        for one in report.outcome.proof:
            label = "proven" if one.is_proven else "not proven"
            notes = f" ({'; '.join(one.notes)})" if one.notes else ""
            yield f"- **{label}** {prose(f'{one.title}: {one.said}{notes}')}"
        yield ""


def _findings(report: Report) -> Iterator[str]:
    for state, heading in _HEADINGS.items():
        if entries := report.of(state):
            yield f"### {heading}\n"
            yield "".join(map(_entry, entries))


def _entry(entry: Entry) -> str:
    finding = entry.finding
    place = finding.where[0]
    where = code(f"{place.path}:{place.line}:{place.column}")
    head = f"- **{finding.rule}** ({finding.severity.name.lower()}) {where}: "
    facts = (("evidence", finding.evidence), *details(entry))
    lines = [
        f"{head}{prose(finding.message)}",
        *(f"  - {name}: {prose(told)}" for name, told in facts),
    ]
    return "".join(f"{line}\n" for line in lines)


def _statistics(report: Report) -> Iterator[str]:
    if report.entries:
        yield table(statistics.cells(report))


def _stacks(report: Report) -> Iterator[str]:
    if report.stacks:
        yield "### Stacks\n"
        yield table(statistics.stack_cells(report))


def table(rows: list[tuple[str, ...]]) -> str:
    """Return rows of text as a table, the first row its head, numbers to the right."""
    head, *body = ([cell(plain(one)) for one in row] for row in rows)
    marks = ["---", *("---:" for _ in head[1:])]
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, marks, *body))


def problems(errors: tuple[UserError, ...]) -> Iterator[str]:
    """Yield what could not be read."""
    if errors:
        yield "### Not read\n"
        yield "".join(f"- {prose(str(one))}\n" for one in errors)


def _diff(report: Report) -> Iterator[str]:
    patch = diff.diff(report.outcome) if report.outcome else ""
    if patch:
        shown = block(diff.for_screen(patch, Paint(on=False)), "diff")
        yield f"<details>\n<summary>The diff</summary>\n\n{shown}\n</details>\n"
