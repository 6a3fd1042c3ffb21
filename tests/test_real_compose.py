"""The real Compose reads every fixed fixture, and sees the declared changes and no other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from patcher.finding import Safety
from patcher.prove.compose_model import declared, undeclared
from patcher.rules import rule_named
from tests.real_compose import needs_compose, run
from tests.stacks import FIXTURES, fixed, stack_of
from tests.variants import Sources, read_tree

pytestmark = needs_compose

CASES = sorted(path.parent for path in (FIXTURES / "rules").glob("*/*/after"))

# Compose refuses these before the fix, for the fault that the case is about.
REFUSED = {
    "unconditional-depends-on/long-form-without-condition": "services.app.depends_on",
    "unconditional-depends-on/merge-key-inside": "services.app.depends_on",
    "unconditional-depends-on/mixed-conditions": "services.app.depends_on",
    "unconditional-depends-on/options-by-alias": "services.app.depends_on",
}


def key(case: Path) -> str:
    return f"{case.parent.name}/{case.name}"


def model(folder: Path) -> dict[str, Any]:
    """Return the model, variables as written and every profile on; fails where it is refused."""
    done = run(folder, "--profile", "*", "config", "--no-interpolate", "--format", "json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def written(sources: Sources, folder: Path) -> Path:
    """Write a project to `folder/stack`: its name, and paths that Compose completes, stay."""
    folder = folder / "stack"
    for path, source in sources.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(source.encode())
    return folder


@pytest.mark.parametrize("case", [one for one in CASES if key(one) not in REFUSED], ids=key)
def test_the_fix_changes_what_it_declared_and_nothing_else(case: Path, tmp_path: Path) -> None:
    before = model(written(read_tree(case / "before"), tmp_path))
    after = model(written(read_tree(case / "after"), tmp_path))
    outcome = fixed(read_tree(case / "before"), [rule_named(case.parent.name)], Safety.UNSAFE)
    touches = declared(stack_of(read_tree(case / "after")), outcome.fixed)
    assert list(undeclared(before, after, touches)) == []


@pytest.mark.parametrize("name", REFUSED)
def test_what_compose_refuses_it_takes_after_the_fix(name: str, tmp_path: Path) -> None:
    case = FIXTURES / "rules" / name
    done = run(written(read_tree(case / "before"), tmp_path), "config", "-q")
    assert done.returncode != 0
    assert REFUSED[name] in done.stderr
    model(written(read_tree(case / "after"), tmp_path))


@pytest.mark.parametrize(
    "case", [one for one in CASES if "compose.override.yaml" in read_tree(one / "before")], ids=key
)
def test_the_first_file_alone_is_valid_after_the_fix(case: Path, tmp_path: Path) -> None:
    folder = written(read_tree(case / "after"), tmp_path)
    done = run(folder, "-f", "compose.yaml", "config", "-q")
    assert done.returncode == 0, done.stderr
