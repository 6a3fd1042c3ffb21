"""What every format tells of a group of failures, line by line, and how it words that."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto

from patcher.diagnose.causes import Cause
from patcher.diagnose.diagnosis import Diagnosis, Explained
from patcher.diagnose.facts import Fact
from patcher.diagnose.failure import Group
from patcher.diagnose.kinds import not_told
from patcher.diagnose.tables import Tables
from patcher.errors import visible
from patcher.finding import Finding, Fix, Location
from patcher.records import dataclass
from patcher.report.text import count


class Depth(Enum):
    """Where a line stands: beside the others, as a cause, or below one."""

    FACT = auto()
    CAUSE = auto()
    OF_CAUSE = auto()


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it is about, and its words, which may hold anything that a log does."""

    about: str
    words: str
    depth: Depth = Depth.FACT


def lines(one: Explained, diagnosis: Diagnosis) -> Iterator[Line]:
    """Yield what is known of a group, its causes, the likeliest first, and what is not told."""
    yield Line("seen", seen(one.group))
    for known in one.facts:
        yield Line(known.about, fact(known))
    for number, cause in enumerate(one.causes):
        first = "most likely" if diagnosis.has_stack else "possible"
        yield from _cause(cause, "also possible" if number else first, diagnosis)
    yield Line("not in the log", not_told(one.group.subject.kind))


def _cause(cause: Cause, label: str, diagnosis: Diagnosis) -> Iterator[Line]:
    yield Line(label, cause.text, Depth.CAUSE)
    for finding in cause.findings:
        yield Line("rule", found(finding, diagnosis), Depth.OF_CAUSE)
    if cause.rules and not diagnosis.has_stack:
        yield Line("rules", ", ".join(cause.rules), Depth.OF_CAUSE)
    if cause.tell:
        yield Line("to tell", cause.tell, Depth.OF_CAUSE)


def times(number: int) -> str:
    """Return how often something failed."""
    return "once" if number == 1 else f"{number} times"


def seen(group: Group) -> str:
    """Return when the failures of a group were seen, in nginx's own time."""
    if not group.first:
        return "at a time that the log does not tell"
    return group.first if group.first == group.last else f"{group.first} to {group.last}"


def place(where: Location) -> str:
    """Return a place as `path:line:column`, safe on a terminal."""
    return f"{visible(where.path)}:{where.line}:{where.column}"


def fact(known: Fact) -> str:
    """Return a fact with its place, safe on a terminal."""
    return visible(known.text) + (f" ({place(known.where)})" if known.where else "")


def found(finding: Finding, diagnosis: Diagnosis) -> str:
    """Return a finding in a few words: its rule, its place, and what its fix does."""
    remedy = finding.remedy
    what = f"fix: {remedy.title}" if isinstance(remedy, Fix) else f"no fix: {remedy.reason}"
    if finding.fingerprint in diagnosis.ignored:
        what = "a comment ignores it"
    return f"{finding.rule} at {place(finding.where[0])}; {visible(what)}"


def tables(one: Tables) -> str:
    """Return what a database holds."""
    if one.problem:
        return f"could not be asked: {visible(one.problem)}"
    if not one.count:
        return "has no tables, as far as its environment names the database: no migration has run"
    noted = ", ".join(map(visible, one.migrations)) or "none that is known"
    return f"has {count(one.count, 'table')}; table of migrations: {noted}"


def total(diagnosis: Diagnosis) -> str:
    """Return how much was found, in a few words."""
    if not diagnosis.total:
        return "no failures"
    groups = count(len(diagnosis.explained), "group")
    return f"{count(diagnosis.total, 'failure')} in {groups}"
