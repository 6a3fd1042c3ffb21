"""A diagnosis in Markdown, for issues and chat."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from patcher.diagnose.causes import Cause
from patcher.diagnose.diagnosis import Diagnosis, Explained
from patcher.diagnose.kinds import not_told, title
from patcher.errors import visible
from patcher.patterns import regex
from patcher.report import diagnosis as words

# what would begin markup outside of a code span, and HTML, anywhere
_ACTIVE: Final = regex(r"([\\*_\[\]<>|#~!@])")


def markdown(diagnosis: Diagnosis) -> str:
    """Return the diagnosis: a table of the groups, then a section for each."""
    if not diagnosis.total and not diagnosis.databases:
        return "No failures.\n"
    lines = ["| failures | what failed | first | last |", "|---:|---|---|---|"]
    lines += [_row(one) for one in diagnosis.explained]
    for one in diagnosis.explained:
        lines += _section(one, diagnosis)
    for database in diagnosis.databases:
        name, told = _code(database.service), _escaped(words.tables(database))
        lines += ["", f"Database {name} {told}."]
    lines += ["", *(f"{_escaped(line)}  " for line in words.totals(diagnosis).splitlines())]
    return "\n".join(lines).rstrip() + "\n"


def _row(one: Explained) -> str:
    group = one.group
    return f"| {group.count} | {_escaped(title(group.subject))} | {group.first} | {group.last} |"


def _section(one: Explained, diagnosis: Diagnosis) -> Iterator[str]:
    yield ""
    yield f"### {_escaped(title(one.group.subject))}"
    yield ""
    yield f"- seen: {words.seen(one.group)}"
    for fact in one.facts:
        yield f"- {fact.about}: {_escaped(words.fact(fact))}"
    for number, cause in enumerate(one.causes):
        yield from _cause(cause, diagnosis, is_first=not number)
    yield f"- not in the log: {not_told(one.group.subject.kind)}"


def _cause(cause: Cause, diagnosis: Diagnosis, *, is_first: bool) -> Iterator[str]:
    likely = "most likely" if is_first else "also possible"
    yield f"- **{likely if diagnosis.has_stack else 'possible'}**: {_escaped(cause.text)}"
    for finding in cause.findings:
        yield f"  - rule: {_escaped(words.found(finding, diagnosis))}"
    if cause.rules and not diagnosis.has_stack:
        yield f"  - rules: {', '.join(cause.rules)}"
    if cause.tell:
        yield f"  - to tell: {_escaped(cause.tell)}"


def _escaped(text: str) -> str:
    """Return text whose markup is inert, code spans kept where they are whole."""
    parts = visible(text).split("`")
    if len(parts) % 2 == 0:
        return _plain(visible(text))
    return "".join(_code(part) if number % 2 else _plain(part) for number, part in enumerate(parts))


def _plain(text: str) -> str:
    return _ACTIVE.sub(r"\\\1", text).replace("`", "\\`")


def _code(text: str) -> str:
    """Return a code span; a bar would end the cell of a table."""
    return "`" + visible(text).replace("`", "'").replace("|", "¦") + "`" if text else ""
