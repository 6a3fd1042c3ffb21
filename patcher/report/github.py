"""Annotations for GitHub Actions: workflow commands that its log reader shows beside the lines.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from patcher.errors import UserError, brief
from patcher.finding import Severity
from patcher.report.entries import Entry, Report, details

COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(report: Report) -> str:
    """Return a line for every finding, and for what could not be read; what is gone is a notice."""
    lines = [problem(one) for one in report.problems]
    lines += [_entry(one, gone=report.is_gone(one)) for one in report.entries]
    return "".join(f"{line}\n" for line in lines)


def _entry(entry: Entry, *, gone: bool) -> str:
    finding = entry.finding
    place = finding.where[0]
    facts = [("evidence", finding.evidence), *details(entry)]
    told = [finding.message, *(f"{name}: {text}" for name, text in facts)]
    title = f"{finding.rule} (fixed)" if gone else finding.rule
    command = "notice" if gone else COMMANDS[finding.severity]
    return annotation(command, place.path, place.line, place.column, title, told)


def problem(error: UserError) -> str:
    """Return the command for what cannot be read."""
    told = [error.message, *([error.todo] if error.todo else [])]
    return annotation("error", error.path, error.line, error.column, "cannot be read", told)


def annotation(
    command: str,
    path: str | None,
    line: int | None,
    column: int | None,
    title: str,
    told: Iterable[str],
) -> str:
    """Return a workflow command, one line; `told` are the lines of its message."""
    given = {"file": path, "line": line, "col": column, "title": title}
    properties = ",".join(
        f"{name}={_property(str(value))}" for name, value in given.items() if value is not None
    )
    return f"::{command} {properties}::{'%0A'.join(map(_data, told))}"


def _data(text: str) -> str:
    """Escape a message; line ends and what a terminal would act on are escaped visibly before."""
    return brief(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
