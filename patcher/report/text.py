"""Findings and outcomes for people to read."""

from __future__ import annotations

from collections.abc import Sequence

from patcher.engine.outcome import Outcome
from patcher.engine.statement import Statement
from patcher.errors import brief, visible
from patcher.finding import Finding, Fix, Severity
from patcher.report import statistics
from patcher.report.entries import Entry, Report, State, details, entries_of
from patcher.report.style import Paint

_SEVERITY_COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
_STATE_COLORS = {State.FIXED: "green", State.HELD: "red", State.LEFT: "yellow"}


def findings(found: Sequence[Finding], paint: Paint) -> str:
    """Return the findings of `check`: place, rule, message, evidence, and what would fix each."""
    return told(Report(tuple(Entry.found(one, {}) for one in found)), paint)


def summary(outcome: Outcome, paint: Paint, *, verbose: bool = False) -> str:
    """Return what was fixed, held and left, each finding with its evidence, and the count."""
    return told(Report(entries_of(outcome, {}), outcome=outcome), paint, verbose=verbose)


def told(report: Report, paint: Paint, *, verbose: bool = False) -> str:
    """Return a report: a block for each finding, or counts by rule; counts by stack; the sum."""
    if report.statistics:
        blocks = [statistics.table(report)]
    else:
        blocks = [_block(one, paint) for one in report.entries]
    sums = [statistics.stack_table(report), total(report, verbose=verbose)]
    return "".join([*blocks, *sums, _proof(report.outcome, paint)])


def proven(outcome: Outcome, paint: Paint) -> str:
    """Return what the real programs said of an outcome, and the fixes that they refused."""
    report = Report(entries_of(outcome, {}), outcome=outcome)
    held = [_block(one, paint) for one in report.of(State.HELD)]
    return "".join([*held, total(report), _proof(outcome, paint)])


def _proof(outcome: Outcome | None, paint: Paint) -> str:
    if outcome is None or outcome.proof is None:
        return ""
    if not outcome.proof:
        return "nothing to prove: no file that Compose or nginx reads is changed\n"
    return "".join(_statement(one, paint) for one in outcome.proof)


def _statement(one: Statement, paint: Paint) -> str:
    label = paint("proven", "green") if one.is_proven else paint("not proven", "yellow")
    notes = f" ({'; '.join(one.notes)})" if one.notes else ""
    return f"{label} {visible(f'{one.title}: {one.said}{notes}')}\n"


def total(report: Report, *, verbose: bool = False) -> str:
    """Return the counts of a report as one line."""
    if report.outcome is not None:
        return _totals(report.outcome, verbose=verbose)
    fixable = sum(isinstance(one.finding.remedy, Fix) for one in report.entries)
    number = len(report.entries)
    return f"{count(number, 'finding')}, {fixable} with a fix\n" if number else "no findings\n"


def _totals(outcome: Outcome, *, verbose: bool) -> str:
    if not (outcome.fixed or outcome.held or outcome.left):
        return "nothing to fix\n"
    counts = f"{len(outcome.fixed)} fixed, {len(outcome.held)} held, {len(outcome.left)} left"
    files = count(len(outcome.changes), "file")
    passes = f", {count(outcome.passes, 'pass', 'passes')}" if verbose else ""
    return f"{counts} ({files}{passes})\n"


def _block(entry: Entry, paint: Paint) -> str:
    finding = entry.finding
    place = finding.where[0]
    head = f"{visible(place.path)}:{place.line}:{place.column}"
    lines = [
        f"{_label(entry, paint)} {paint(finding.rule, 'bold')} {head}",
        f"    {brief(finding.message)}",
        f"    {paint('evidence:', 'dim')} {brief(finding.evidence)}",
        *(f"    {paint(name + ':', 'dim')} {brief(text)}" for name, text in details(entry)),
    ]
    return "\n".join(lines) + "\n\n"


def _label(entry: Entry, paint: Paint) -> str:
    if entry.state is State.FOUND:
        severity = entry.finding.severity
        return paint(severity.name.lower(), _SEVERITY_COLORS[severity])
    return paint(entry.state, _STATE_COLORS[entry.state])


def count(number: int, name: str, plural: str = "") -> str:
    """Return a number with what is counted, such as `1 finding`."""
    return f"{number} {name if number == 1 else plural or name + 's'}"
