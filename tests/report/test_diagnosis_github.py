"""A diagnosis as annotations: one line each, which a log cannot make into another command."""

from __future__ import annotations

from patcher.report import diagnosis_github
from tests.report.diagnoses import KNOWN, NOWHERE, diagnosed, hostile


def test_a_group_is_an_error_at_its_place() -> None:
    first, second = diagnosis_github.render(diagnosed(KNOWN, NOWHERE)).splitlines()
    assert first.startswith(
        "::error file=compose.yaml,line=2,col=3,title=nginx/not-resolved::"
        "`app` could not be resolved (3: Host not found), 2 times%0Aseen: "
    )
    assert "%0Amost likely: two servers%0Arule: resolver-mixed at compose.yaml:2:3; " in first
    assert second.startswith("::error title=nginx/no-resolver::no resolver is defined")


def test_failures_that_are_allowed_are_warnings() -> None:
    assert diagnosis_github.render(diagnosed(KNOWN, too_many=False)).startswith("::warning file=")


def test_without_failures_there_is_nothing() -> None:
    assert diagnosis_github.render(diagnosed()) == ""


def test_text_of_a_log_stays_text() -> None:
    lines = diagnosis_github.render(hostile()).splitlines()
    assert len(lines) == 3
    for line in lines:
        command, _, _ = line.removeprefix("::").partition("::")
        assert command.startswith("error file=")
        assert command.count(",") == 3
        assert command.count(":") == 0
        assert line.replace("\ufffe", "").isprintable()
    assert "100%25" in lines[-1]
