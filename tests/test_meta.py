"""The rules about rules, and about the shape of the project."""

from __future__ import annotations

import re
import subprocess
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from patcher import __version__
from patcher.__main__ import main
from patcher.engine.check import check
from patcher.finding import Finding, Fix, Fixable
from patcher.rules import all_rules
from patcher.rules.base import Rule
from tests.stacks import FIXTURES, ROOT, stack_of
from tests.variants import read_tree

HEADINGS = [
    "What it finds",
    "Why it matters",
    "What the fix does on the next `up`",
    "Fix safety",
    "References",
]
CODE = sorted((ROOT / "patcher").rglob("*.py"))
RULE_FILES = sorted(path for path in (ROOT / "patcher" / "rules").glob("[!_]*.py"))
TOP = {"pyproject.toml", "README.md", "patcher", "fixtures", "tests", "docs"}

each_rule = pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def cases(rule: Rule) -> list[Path]:
    return sorted(path.parent for path in (FIXTURES / "rules" / rule.id).glob("*/before"))


def findings(rule: Rule) -> list[Finding]:
    bad = (case for case in cases(rule) if not case.name.startswith("ok-"))
    stacks = (stack_of(read_tree(case / "before")) for case in bad)
    return [finding for stack in stacks for finding in check(stack, [rule])]


def test_every_rule_file_is_a_rule_named_after_it() -> None:
    names = {path.stem.replace("_", "-") for path in RULE_FILES} - {"base"}
    assert {rule.id for rule in all_rules()} == names
    assert names


@each_rule
def test_docs_have_the_headings_in_order(rule: Rule) -> None:
    assert re.findall(r"(?m)^## (.+)$", rule.docs) == HEADINGS
    bodies = re.split(r"(?m)^## .+$", rule.docs)[1:]
    assert all(body.strip() for body in bodies)
    assert re.search(r"(?m)^- https://\S+$", bodies[-1])


@each_rule
def test_summary_is_one_short_sentence(rule: Rule) -> None:
    assert rule.summary.endswith(".")
    assert len(rule.summary) < 100
    assert rule.docs.strip().splitlines()[1] == ""


@each_rule
def test_example_is_complete(rule: Rule) -> None:
    example = FIXTURES / "rules" / rule.id / "example"
    assert (example / "before").is_dir()
    assert (example / "findings.txt").is_file()
    assert (example / "after").is_dir() == (rule.fixable is not Fixable.NEVER)


@each_rule
def test_rule_has_bad_and_ok_cases(rule: Rule) -> None:
    silent = [case.name.startswith("ok-") for case in cases(rule)]
    assert set(silent) == {True, False}


@each_rule
def test_fixable_claim_holds(rule: Rule) -> None:
    fixes = [isinstance(finding.remedy, Fix) for finding in findings(rule)]
    assert fixes
    assert any(fixes) == (rule.fixable is not Fixable.NEVER)
    assert all(fixes) or rule.fixable is not Fixable.ALWAYS


def test_fixture_folders_are_rules() -> None:
    folders = {path.name for path in (FIXTURES / "rules").iterdir()}
    assert folders == {rule.id for rule in all_rules()}


def test_every_fixture_case_is_well_formed() -> None:
    for case in (FIXTURES / "rules").glob("*/*"):
        held = {path.name for path in case.iterdir()}
        silent = case.name.startswith("ok-")
        wanted = [{"before"}] if silent else [{"before", "findings.txt"}]
        wanted += [] if silent else [{"before", "findings.txt", "after"}]
        assert held in wanted, case


def test_rules_are_independent_by_contract() -> None:
    contracts = project()["tool"]["importlinter"]["contracts"]
    listed = next(one["modules"] for one in contracts if one["type"] == "independence")
    modules = [f"patcher.rules.{path.stem}" for path in RULE_FILES if path.stem != "base"]
    assert listed == modules


@pytest.mark.parametrize("path", CODE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_file_is_of_readable_length(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


def test_top_level_holds_nothing_else() -> None:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    names = {path.partition("/")[0] for path in listed.split("\0") if path}
    assert {name for name in names if not name.startswith(".")} == TOP


def test_version_comes_from_one_place(capsys: pytest.CaptureFixture[str]) -> None:
    settings = project()
    assert "version" in settings["project"]["dynamic"]
    assert settings["tool"]["hatch"]["version"] == {"path": "patcher/__init__.py"}
    assert version("hanna-fix") == __version__
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"hanna-fix {__version__}\n"
    written = re.compile(rf"(?<![\d.]){re.escape(__version__)}(?![\d.])")
    holders = [
        path for path in [*CODE, ROOT / "pyproject.toml"] if written.search(path.read_text())
    ]
    assert holders == [ROOT / "patcher" / "__init__.py"]


def test_changelog_begins_with_this_version() -> None:
    text = (ROOT / "docs" / "changelog.md").read_text(encoding="utf-8")
    released = [one for one in re.findall(r"(?m)^## \[(.+?)\]", text) if one != "Unreleased"]
    assert released[0] == __version__
