"""The recipes are what their hosts take: by the schemas, and by the programs that read them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.pipelines.recipes import parsed, recipes
from tests.stacks import ROOT

WORKFLOWS = [name for name in recipes() if name.startswith(".github/workflows/")]
SCRIPTS = [name for name in recipes() if name.endswith(".sh")]
HOOKS = ROOT / ".pre-commit-hooks.yaml"


def accepted(*command: str) -> None:
    done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_recipe_is_looked_at() -> None:
    assert len(WORKFLOWS) == 3
    assert {*recipes()} == {*WORKFLOWS, *SCRIPTS, ".gitlab-ci.yml", ".pre-commit-config.yaml"}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_workflows_are_valid(name: str, tmp_path: Path) -> None:
    path = tmp_path / "workflow.yml"
    path.write_text(recipes()[name])
    accepted("check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(path))


@pytest.mark.parametrize("name", WORKFLOWS)
def test_workflows_ask_for_no_more_than_they_need(name: str) -> None:
    workflow = parsed(name)
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        uses = [step["uses"] for step in job["steps"] if "uses" in step]
        assert all("@v" in one for one in uses)
        # an expression in a command would be code that its value writes
        assert not any("${{" in step.get("run", "") for step in job["steps"])


def test_gitlab_pipeline_is_valid(tmp_path: Path) -> None:
    path = tmp_path / ".gitlab-ci.yml"
    path.write_text(recipes()[".gitlab-ci.yml"])
    schema = ("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci")
    accepted("check_jsonschema", *schema, str(path))


def test_pre_commit_takes_the_hooks_and_their_use(tmp_path: Path) -> None:
    path = tmp_path / ".pre-commit-config.yaml"
    path.write_text(recipes()[".pre-commit-config.yaml"])
    accepted("pre_commit", "validate-manifest", str(HOOKS))
    accepted("pre_commit", "validate-config", str(path))


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_are_bash(name: str, tmp_path: Path) -> None:
    path = tmp_path / "script.sh"
    path.write_text(recipes()[name])
    subprocess.run(["bash", "-n", str(path)], check=True)
    assert recipes()[name].splitlines()[2:5].count("set -euo pipefail") == 1
