"""A diagnosis as annotations for GitHub Actions: an error for each group of failures."""

from __future__ import annotations

from patcher.report import github
from patcher.report.diagnosed import Diagnosed, Result, results


def render(report: Diagnosed) -> str:
    """Return a line for each group, and for what could not be read."""
    lines = [github.problem(one) for one in report.problems]
    command = github.COMMANDS[report.severity]
    lines += [_annotation(one, command) for one in results(report)]
    return "".join(f"{line}\n" for line in lines)


def _annotation(one: Result, command: str) -> str:
    told = [one.title, *(f"{name}: {text}" for name, text in one.facts)]
    if one.where is None:
        return github.annotation(command, None, None, None, one.rule, told)
    place = one.where
    return github.annotation(command, place.path, place.line, place.column, one.rule, told)
