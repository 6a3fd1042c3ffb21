"""Real-world compose files: nearly all are read; entries are added to them and copied in them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from patcher.errors import UserError
from patcher.lang.edit_error import CannotEdit
from patcher.lang.yaml import parse
from patcher.lang.yaml_edit import add_entries
from patcher.lang.yaml_nodes import Mapping, Tree, target
from patcher.lang.yaml_style import Flow
from patcher.text import Source
from tests.lang.gated import proven
from tests.stacks import SHARED

FILES = sorted((SHARED / "corpus" / "compose").glob("*"))
NEW = [("healthcheck-new", {"test": Flow(("CMD", "true")), "interval": "10s"})]

pytestmark = pytest.mark.skipif(not FILES, reason="the corpus is not in this checkout")


def services(tree: Tree) -> list[Mapping]:
    """The services of a file's first document, in order."""
    root = tree.documents[0] if tree.documents else None
    held = root.own.get("services") if isinstance(root, Mapping) else None
    node = target(held.value) if held else None
    entries = node.entries if isinstance(node, Mapping) else ()
    return [one for entry in entries if isinstance(one := target(entry.value), Mapping)]


def read(path: Path) -> Tree | None:
    try:
        return parse(Source.decode(path.name, path.read_bytes()))
    except UserError:
        return None


def test_nearly_all_files_are_read() -> None:
    assert sum(read(path) is None for path in FILES) <= len(FILES) / 50


def test_an_entry_is_added_to_the_first_and_last_service_of_every_file() -> None:
    outcomes: Counter[str] = Counter()
    for path in FILES:
        tree = read(path)
        found = services(tree) if tree else []
        for service in dict.fromkeys([*found[:1], *found[-1:]]):
            assert tree is not None
            try:
                edits = add_entries(tree, service, NEW, at=tree.routes(service))
            except CannotEdit:
                outcomes["refused"] += 1
                continue
            proven(tree, edits)
            outcomes["added"] += 1
    assert outcomes["refused"] <= outcomes["added"] / 100


def test_an_entry_is_copied_from_the_first_service_to_the_last() -> None:
    outcomes: Counter[str] = Counter()
    for path in FILES:
        tree = read(path)
        found = services(tree) if tree else []
        if tree is None or len(found) < 2:
            continue
        for entry in found[0].entries:
            if entry.name in found[-1].resolved:
                continue
            try:
                edits = add_entries(
                    tree, found[-1], [(entry.name, entry)], at=tree.routes(found[-1])
                )
            except CannotEdit as error:
                outcomes[error.reason.split("`")[-1]] += 1
                continue
            proven(tree, edits)
            outcomes["copied"] += 1
    assert sum(outcomes.values()) - outcomes["copied"] <= outcomes["copied"] / 20
