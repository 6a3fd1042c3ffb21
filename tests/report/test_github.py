"""Annotations: one line each, which the repository's own text cannot make into another command."""

from __future__ import annotations

from patcher.finding import Severity
from patcher.report import github
from tests.report.reports import FIX, NO_FIX, PROBLEM, came_to, checked, finding, hostile


def test_a_finding_is_a_command_with_its_place() -> None:
    info = finding(NO_FIX, severity=Severity.INFO)
    warning = finding(FIX, severity=Severity.WARNING)
    assert github.render(checked(finding(FIX), warning, info)).splitlines() == [
        "::error file=compose.yaml,line=2,col=3,title=resolver-mixed::"
        "it is bad%0Aevidence: seen%0Afix with --unsafe: do it%0Atake care: careful",
        "::warning file=compose.yaml,line=2,col=3,title=resolver-mixed::"
        "it is bad%0Aevidence: seen%0Afix with --unsafe: do it%0Atake care: careful",
        "::notice file=compose.yaml,line=2,col=3,title=resolver-mixed::"
        "it is bad%0Aevidence: seen%0Ano fix: nobody knows%0Aby hand: ask",
    ]


def test_what_cannot_be_read_is_an_error() -> None:
    assert github.render(checked(problems=(PROBLEM,))) == (
        "::error file=a.yml,line=3,col=1,title=cannot be read::not valid%0Amend it\n"
    )


def test_what_apply_fixed_is_a_notice() -> None:
    fixed = [line for line in github.render(came_to(written=True)).splitlines() if "cache" in line]
    assert [line.partition(" ")[0] for line in fixed] == ["::notice"]
    assert "title=resolver-cache (fixed)" in fixed[0]
    assert github.render(came_to()).count("::notice") == 1


def test_text_of_a_repository_stays_text() -> None:
    lines = github.render(hostile()).splitlines()
    assert len(lines) == 3
    for line in lines:
        command, _, data = line.removeprefix("::").partition("::")
        assert command.startswith("error file=")
        assert command.count(",") == 3
        assert command.count(":") == 0
        assert "100%25" in data
        assert line.replace("\ufffe", "").isprintable()
