"""The formats of a report.

A format is a member of `Format` and the module of `patcher.report` with its name, whose `render`
makes a report's text, and another, `diagnosis_` before its name, that of a diagnosis: to add one
takes all three. TEXT alone is painted for a screen; see `text.told`.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING, Final, TypeVar, cast

from patcher.errors import UserError

if TYPE_CHECKING:
    from patcher.report.diagnosed import Diagnosed
    from patcher.report.entries import Report

T = TypeVar("T")


class Format(StrEnum):
    """How a command reports: for people, for programs, or for a pipeline's own pages."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"
    GITLAB = "gitlab"
    JUNIT = "junit"
    MARKDOWN = "markdown"
    HTML = "html"


FROM_REPOSITORY: Final = frozenset({Format.SARIF, Format.GITHUB, Format.GITLAB, Format.JUNIT})
"""The formats whose readers look paths up from the top of the repository."""

WITH_STATISTICS: Final = frozenset({Format.TEXT, Format.JSON, Format.MARKDOWN})


def check_statistics(chosen: Format, *, statistics: bool) -> None:
    """Raise UserError where counts are asked of a format that has no place for them."""
    if statistics and chosen not in WITH_STATISTICS:
        todo = f"it goes with --format {', '.join(sorted(WITH_STATISTICS))}"
        raise UserError(f"--statistics does not go with --format {chosen}", todo=todo)


def render(report: Report, chosen: Format) -> str:
    """Return a report in a format other than TEXT; its module is imported only here."""
    return _rendered(report, f"patcher.report.{chosen}")


def render_diagnosis(report: Diagnosed, chosen: Format) -> str:
    """Return a diagnosis in a format other than TEXT, likewise."""
    return _rendered(report, f"patcher.report.diagnosis_{chosen}")


def _rendered(report: T, name: str) -> str:
    return cast("Callable[[T], str]", import_module(name).render)(report)
