"""The real pre-commit runs our hooks, but for the installation, which would need an index."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.pipelines.workplace import Workplace
from tests.stacks import ROOT

HOOKS: list[dict[str, Any]] = YAML(typ="safe").load(ROOT / ".pre-commit-hooks.yaml")


def pre_commit(place: Workplace, identifier: str) -> tuple[int, str]:
    hooks = [{**one, "language": "system"} for one in HOOKS if one["id"] == identifier]
    path = place.clone / ".pre-commit-config.yaml"
    YAML().dump({"repos": [{"repo": "local", "hooks": hooks}]}, path)
    place.check("git add -A")
    done = place.run(
        f"{sys.executable} -m pre_commit run --all-files",
        {"PRE_COMMIT_HOME": str(place.folder / "pre-commit")},
    )
    return done.status, done.output


def test_the_hooks_are_installed_from_this_repository() -> None:
    assert [one["id"] for one in HOOKS] == ["hanna-fix", "hanna-fix-apply"]
    assert {one["language"] for one in HOOKS} == {"python"}
    assert all(one["entry"].split()[0] == "hanna-fix" for one in HOOKS)


@pytest.mark.parametrize("name", ["hanna-fix", "hanna-fix-apply"])
def test_a_hook_passes_a_stack_without_findings(place: Workplace, name: str) -> None:
    place.check("hanna-fix apply")
    status, output = pre_commit(place, name)
    assert status == 0, output


def test_the_check_fails_at_findings_and_changes_nothing(place: Workplace) -> None:
    status, output = pre_commit(place, "hanna-fix")
    assert status == 1
    assert "resolver-mixed" in output
    assert place.check("git diff --name-only") == ""


def test_the_fixing_hook_fails_once_with_the_files_written(place: Workplace) -> None:
    status, output = pre_commit(place, "hanna-fix-apply")
    assert status == 1
    assert "files were modified by this hook" in output
    assert place.check("git diff --name-only").split() == [
        "docker-compose.yml",
        "nginx_proxy/nginx.conf",
    ]
    status, output = pre_commit(place, "hanna-fix-apply")
    assert status == 0, output
