"""Findings and outcomes for people to read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from patcher.engine.outcome import Fixed, Held, Outcome
from patcher.engine.statement import Statement
from patcher.errors import visible
from patcher.finding import Finding, Fix, NoFix, Safety, Severity
from patcher.report.style import Paint

_SEVERITY_COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}


def findings(found: Sequence[Finding], paint: Paint) -> str:
    """Return the findings of `check`: place, rule, message, evidence, and what would fix each."""
    blocks = [_block(one, _severity(one, paint), _remedy(one.remedy), paint) for one in found]
    fixable = sum(isinstance(one.remedy, Fix) for one in found)
    total = f"{count(len(found), 'finding')}, {fixable} with a fix\n" if found else "no findings\n"
    return "".join([*blocks, total])


def summary(outcome: Outcome, paint: Paint, *, verbose: bool = False) -> str:
    """Return what was fixed, held and left, each finding with its evidence, and the count."""
    fixed = [
        _block(one.finding, paint("fixed", "green"), _fixed(one), paint) for one in outcome.fixed
    ]
    held = [_block(one.finding, paint("held", "red"), _held(one), paint) for one in outcome.held]
    left = [
        _block(one, paint("left", "yellow"), _remedy(one.remedy), paint) for one in outcome.left
    ]
    totals = _totals(outcome, verbose=verbose)
    return "".join([*fixed, *held, *left, totals, _proof(outcome, paint)])


def proven(outcome: Outcome, paint: Paint) -> str:
    """Return what the real programs said of an outcome, and the fixes that they refused."""
    held = [_block(one.finding, paint("held", "red"), _held(one), paint) for one in outcome.held]
    return "".join([*held, _totals(outcome, verbose=False), _proof(outcome, paint)])


def _proof(outcome: Outcome, paint: Paint) -> str:
    if outcome.proof is None:
        return ""
    if not outcome.proof:
        return "nothing to prove: no file that Compose or nginx reads is changed\n"
    return "".join(_statement(one, paint) for one in outcome.proof)


def _statement(one: Statement, paint: Paint) -> str:
    label = paint("proven", "green") if one.is_proven else paint("not proven", "yellow")
    notes = f" ({'; '.join(one.notes)})" if one.notes else ""
    said = visible(f"{one.title}: {one.said}{notes}")
    return f"{label} {said}\n"


def _totals(outcome: Outcome, *, verbose: bool) -> str:
    if not (outcome.fixed or outcome.held or outcome.left):
        return "nothing to fix\n"
    counts = f"{len(outcome.fixed)} fixed, {len(outcome.held)} held, {len(outcome.left)} left"
    files = count(len(outcome.changes), "file")
    passes = f", {count(outcome.passes, 'pass', 'passes')}" if verbose else ""
    return f"{counts} ({files}{passes})\n"


def _block(finding: Finding, label: str, details: Iterator[tuple[str, str]], paint: Paint) -> str:
    place = finding.where[0]
    head = f"{visible(place.path)}:{place.line}:{place.column}"
    lines = [
        f"{label} {paint(finding.rule, 'bold')} {head}",
        f"    {visible(finding.message)}",
        f"    {paint('evidence:', 'dim')} {visible(finding.evidence)}",
        *(f"    {paint(name + ':', 'dim')} {visible(text)}" for name, text in details),
    ]
    return "\n".join(lines) + "\n\n"


def _severity(finding: Finding, paint: Paint) -> str:
    return paint(finding.severity.name.lower(), _SEVERITY_COLORS[finding.severity])


def _fixed(one: Fixed) -> Iterator[tuple[str, str]]:
    remedy = one.finding.remedy
    if not one.direct:
        yield "fix", "another fix brings it"
    elif isinstance(remedy, Fix):
        yield "fix", remedy.title
        yield "next up", remedy.next_up
        if remedy.why:
            yield "take care", remedy.why


def _remedy(remedy: Fix | NoFix) -> Iterator[tuple[str, str]]:
    if isinstance(remedy, NoFix):
        yield "no fix", remedy.reason
        if remedy.by_hand:
            yield "by hand", remedy.by_hand
        return
    how = {Safety.SAFE: "fix", Safety.UNSAFE: "fix with --unsafe", Safety.DISPLAY: "by hand"}
    yield how[remedy.safety], remedy.title
    if remedy.why:
        yield "take care", remedy.why


def _held(held: Held) -> Iterator[tuple[str, str]]:
    if isinstance(held.finding.remedy, Fix):
        yield "fix", held.finding.remedy.title
    yield "held by gate", f"{held.gate}: {held.saw}"


def count(number: int, name: str, plural: str = "") -> str:
    """Return a number with what is counted, such as `1 finding`."""
    return f"{number} {name if number == 1 else plural or name + 's'}"
