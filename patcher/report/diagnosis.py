"""A diagnosis for people to read."""

from __future__ import annotations

from collections.abc import Iterator

from patcher.diagnose.causes import Cause
from patcher.diagnose.diagnosis import Diagnosis, Explained
from patcher.diagnose.facts import Fact
from patcher.diagnose.failure import MAX_GROUPS, Failure, Group
from patcher.diagnose.kinds import not_told, title
from patcher.diagnose.tables import Tables
from patcher.errors import visible
from patcher.finding import Finding, Fix, Location
from patcher.report.style import Paint
from patcher.report.text import count

NO_STACK = "no compose file was read, so the causes are those that such failures have in general"


def text(diagnosis: Diagnosis, paint: Paint) -> str:
    """Return the groups of failures, each with what is known, its causes, and what is not told."""
    blocks = [_block(one, diagnosis, paint) for one in diagnosis.explained]
    blocks += [_database(one, diagnosis, paint) for one in diagnosis.databases]
    return "".join([*blocks, totals(diagnosis)])


def totals(diagnosis: Diagnosis) -> str:
    """Return how much was found, and with which rules to begin."""
    if not diagnosis.total:
        return "no failures\n"
    groups = count(len(diagnosis.explained), "group")
    lines = [f"{count(diagnosis.total, 'failure')} in {groups}"]
    if diagnosis.others:
        lines.append(
            f"{count(diagnosis.others, 'failure')} beyond the first {MAX_GROUPS} groups are only "
            "counted: the log holds very many names"
        )
    if not diagnosis.has_stack:
        lines.append(f"{NO_STACK}; -C names the project directory")
    if diagnosis.rules:
        command = "--dry-run" if diagnosis.is_fixed_safely else "check"
        lines.append(f"begin with: hanna-fix {command} --select {','.join(diagnosis.rules)}")
    return "\n".join(lines) + "\n"


def event(failure: Failure, total: int) -> str:
    """Return one failure as it comes, safe on a terminal, with the count so far."""
    time = f"{failure.time} " if failure.time else ""
    return f"{time}{visible(title(failure.subject))} [{total}]\n"


def left_out(number: int) -> str:
    """Return how many failures were not printed, nothing for none."""
    return f"... {count(number, 'failure')} more, not printed\n" if number else ""


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


def _block(one: Explained, diagnosis: Diagnosis, paint: Paint) -> str:
    group = one.group
    head = paint(visible(title(group.subject)), "bold")
    lines = [
        f"{paint(_times(group), 'red')} {head}",
        _line("seen", seen(group), paint),
        *(_line(known.about, fact(known), paint) for known in one.facts),
        *_causes(one.causes, diagnosis, paint),
        _line("not in the log", not_told(group.subject.kind), paint),
    ]
    return "\n".join(lines) + "\n\n"


def _times(group: Group) -> str:
    return "once" if group.count == 1 else f"{group.count} times"


def _line(name: str, words: str, paint: Paint) -> str:
    return f"    {paint(name + ':', 'dim')} {words}"


def _causes(causes: tuple[Cause, ...], diagnosis: Diagnosis, paint: Paint) -> Iterator[str]:
    for number, one in enumerate(causes):
        label = "also possible" if number else "most likely" if diagnosis.has_stack else "possible"
        yield _line(label, visible(one.text), paint)
        for finding in one.findings:
            yield f"        {paint('rule:', 'dim')} {found(finding, diagnosis)}"
        if one.rules and not diagnosis.has_stack:
            yield f"        {paint('rules:', 'dim')} {', '.join(one.rules)}"
        if one.tell:
            yield f"        {paint('to tell:', 'dim')} {visible(one.tell)}"


def _database(one: Tables, diagnosis: Diagnosis, paint: Paint) -> str:
    lines = [f"{paint('database', 'cyan')} `{visible(one.service)}` {tables(one)}"]
    if not one.problem and not one.count:
        lines += [
            f"    {paint('rule:', 'dim')} {found(finding, diagnosis)}"
            for finding in diagnosis.missing_tables
        ]
    return "\n".join(lines) + "\n\n"
