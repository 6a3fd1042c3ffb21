"""What is told of findings: not those that a comment ignores or that are in excluded files."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from patcher.engine.check import check, sort_out
from patcher.engine.fix import fix
from patcher.finding import Finding, Fix, Fixable, NoFix, Severity
from patcher.rules import rule_named
from patcher.rules.base import Rule
from patcher.stack.settings import Settings
from patcher.stack.stack import Stack
from patcher.text import Edit, Touch
from tests.stack.compose_texts import stack
from tests.stack.nginx_texts import COMPOSE

TEXT = """\
services:
  # hanna-fix: ignore[missing-healthcheck] asked from outside
  db:
    image: postgres:16
  cache:
    image: redis:7
  app:
    image: example/app
    depends_on: [db, cache]
"""
MISSING = [rule_named("missing-healthcheck")]


def test_an_ignored_finding_is_set_apart_and_not_fixed() -> None:
    found = stack(TEXT)
    checked = sort_out(found, MISSING)
    assert [one.where[0].line for one in checked.found] == [5]
    assert [one.where[0].line for one in checked.ignored] == [3]
    assert check(found, MISSING) == checked.found
    outcome = fix(found, MISSING)
    assert [one.finding.where[0].line for one in outcome.fixed] == [5]
    assert (outcome.left, outcome.held) == ((), ())
    (change,) = outcome.changes
    assert change.after.text.startswith(TEXT[: TEXT.index("  app:")])


def test_what_is_found_in_an_excluded_file_is_not_told() -> None:
    text = TEXT.replace("# hanna-fix: ignore[missing-healthcheck] asked from outside", "# note")
    assert len(check(stack(text), MISSING)) == 2
    excluded = stack(text, settings=Settings(exclude=("compose.*",)))
    assert check(excluded, MISSING) == ()
    assert fix(excluded, MISSING).changes == ()


def test_a_fix_that_edits_an_excluded_file_is_none() -> None:
    rules = [_adding("elsewhere: 1\n", path="other.yaml")]
    files = {"other.yaml": "a: 1\n"}
    (finding,) = check(stack(COMPOSE, files), rules)
    assert isinstance(finding.remedy, Fix)
    (finding,) = check(stack(COMPOSE, files, Settings(exclude=("other.*",))), rules)
    assert finding.remedy == NoFix("the settings exclude other.yaml", "add a line")


def test_nothing_waits_for_a_check_that_will_not_come() -> None:
    rules = [rule_named("missing-healthcheck"), rule_named("unconditional-depends-on")]
    outcome = fix(stack(TEXT), rules)
    assert (outcome.left, outcome.held) == ((), ())
    (change,) = outcome.changes
    assert "db:\n        condition: service_started\n" in change.after.text
    assert "cache:\n        condition: service_healthy\n" in change.after.text


def _adding(line: str, path: str = "compose.yaml", behind: str = "") -> Rule:
    """Return a rule that finds a line missing, and adds it at the end or `behind` a text."""

    def find(of: Stack) -> Iterator[Finding]:
        source = of.files.read(path)
        if source is None or line in source.text:
            return
        at = source.text.index(behind) + len(behind) if behind else len(source.text)
        name = line.strip().partition(":")[0]
        route = ("services", name) if line.startswith(" ") else (name,)
        touch = Touch(route, {"image": "x"} if line.startswith(" ") else 1)
        remedy = Fix("add a line", (Edit(path, at, at, line, (touch,)),), "nothing")
        first = next(iter(of.project.services.values()))
        yield rule.finding("a line is missing", "none", (first.location,), remedy)

    rule = Rule("zzz", Severity.ERROR, Fixable.ALWAYS, find, "")
    return rule


@pytest.mark.parametrize(
    ("behind", "held"), [("", False), ("services:\n", False), ("from outside\n", True)]
)
def test_a_fix_that_moves_a_comment_away_from_its_line_is_held(behind: str, held: bool) -> None:
    line = "  new: {image: x}\n" if behind else "x-new: 1\n"
    outcome = fix(stack(TEXT), [*MISSING, _adding(line, behind=behind)])
    assert [one.finding.rule for one in outcome.held] == (["zzz"] if held else [])
    if held:
        assert outcome.held[0].gate == "no worse"
        assert outcome.held[0].saw.startswith("missing-healthcheck is ignored no longer: `db`")
    assert "db:\n    image: postgres:16\n  cache:" in outcome.changes[0].after.text
