"""The real Compose reads every fixed fixture, and sees the declared changes and no other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from patcher.engine.apply import edits_of
from patcher.finding import Safety
from patcher.lang.yaml_nodes import Tree
from patcher.rules import rule_named
from patcher.stack.compose.values import untagged
from patcher.stack.stack import Stack
from patcher.text import Route, Touch
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


def differences(old: Any, new: Any, route: Route = ()) -> Iterator[Route]:
    """Yield where two models differ: the key that came or went, or the value that changed."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in {**old, **new}:
            if name in old and name in new:
                yield from differences(old[name], new[name], (*route, name))
            else:
                yield (*route, name)
    elif old != new:
        yield route


def declared(case: Path) -> list[tuple[Stack, str, Touch]]:
    """Return every change that the fixes of a case declared, each with the stack it was made in."""
    stack = stack_of(read_tree(case / "before"))
    rules = [rule_named(case.parent.name)]
    outcome = fixed(read_tree(case / "before"), rules, Safety.UNSAFE)
    return [
        (stack, edit.path, touch)
        for one in outcome.fixed
        if one.direct
        for edit in edits_of(one.finding)
        for touch in edit.touches
        if isinstance(stack.tree(edit.path), Tree)
    ]


def merged(stack: Stack, path: str, touch: Touch) -> Iterator[Touch]:
    """Yield a change of one file as changes of the merged model, `extends` followed."""
    tree = stack.tree(path)
    several = isinstance(tree, Tree) and len(tree.documents) > 1
    route = touch.route[1:] if several else touch.route
    value = untagged(touch.value)
    if any(document.tree is tree for document in stack.project.documents):
        yield Touch(route, value)
    if route[0] != "services" or len(route) < 3:
        return
    for service in stack.project.services.values():
        places = [(part.tree.source.path, part.route) for part in service.parts if part.extended]
        if (path, touch.route[: len(touch.route) - len(route) + 2]) in places:
            yield Touch(("services", service.name, *route[2:]), value)


def expected(old: Any, touch: Touch, done: Route = ()) -> Iterator[Route]:
    """Yield where a change makes a difference to Compose's model.

    A list counts as one value there; the short form of `depends_on` is a mapping already.
    """
    if touch.route and isinstance(old, dict) and touch.route[0] in old:
        head, rest = touch.route[0], touch.route[1:]
        yield from expected(old[head], Touch(rest, touch.value), (*done, head))
    elif touch.route and isinstance(old, dict):
        yield (*done, touch.route[0])
    elif touch.route:
        yield done
    elif isinstance(old, dict) and isinstance(touch.value, dict):
        for name, value in touch.value.items():
            yield from expected(old, Touch((name,), value), done)
    elif old != touch.value:
        yield done


@pytest.mark.parametrize("case", [one for one in CASES if key(one) not in REFUSED], ids=key)
def test_the_fix_changes_what_it_declared_and_nothing_else(case: Path, tmp_path: Path) -> None:
    before = model(written(read_tree(case / "before"), tmp_path))
    after = model(written(read_tree(case / "after"), tmp_path))
    wanted = {
        route
        for stack, path, touch in declared(case)
        for one in merged(stack, path, touch)
        for route in expected(before, one)
    }
    assert set(differences(before, after)) == wanted


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
