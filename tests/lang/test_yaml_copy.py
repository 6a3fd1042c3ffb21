"""An entry copied to another place: as written, and meaning the same there."""

from __future__ import annotations

import pytest

from patcher.lang.edit_error import CannotEdit
from patcher.lang.yaml_edit import add_entries
from patcher.lang.yaml_nodes import Mapping
from patcher.text import Edit
from tests.lang.yaml_helpers import mapping_at, nodes, proven, read


def copy(text: str, key: str, *into: str) -> str:
    """The text with the entry `a: key: …` copied into the mapping at `into`."""
    tree = read(text)
    entry, mapping = mapping_at(tree, "a").own[key], mapping_at(tree, *into)
    edits: tuple[Edit, ...] = add_entries(tree, mapping, [(key, entry)], at=tree.routes(mapping))
    return proven(tree, edits)


@pytest.mark.parametrize(
    "written",
    [
        "k: v",
        "k: 'it''s' # tail",
        '"k":   "v"',
        "k: 0755",
        "k: [x, 'y', {z: 22:22 }]",
        "k: !override [x]",
        "k:\n    - x\n    # between\n    - 'y'",
        "k:\n      deep: 1 # why\n\n      er: 2",
        "k: |\n    text\n      # text\n\n    end",
        "k: >-\n    text\n    \n       more",
        "k:\n    l: |+\n      kept\n\n    m: 1",
        "k: 'one\n\n    two'",
        "k: [x,\n    y]",
        "k: ~",
        "k:",
    ],
)
@pytest.mark.parametrize("eol", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("col", [2, 6])
def test_an_entry_is_copied_as_written(written: str, eol: str, col: int) -> None:
    flat = written.replace("22:22 ", "2222")
    pad = " " * col
    text = f"a:\n  {flat}\n  last: 1\nb:\n{pad}c: 1\n".replace("\n", eol)
    moved = flat.replace("\n", "\n" + " " * (col - 2)).replace(f"\n{pad[2:]}\n", "\n\n")
    moved = moved.removesuffix(pad[2:]) if moved.endswith("\n" + pad[2:]) else moved
    expected = f"b:\n{pad}c: 1\n{pad}{moved}\n".replace("\n", eol)
    assert copy(text, flat.strip('"').partition(":")[0].strip('"'), "b").endswith(expected)


def test_an_anchored_value_is_named_by_its_alias() -> None:
    text = "a:\n  k: &x\n    y: 1\nb:\n  c: 1\n"
    assert copy(text, "k", "b") == f"{text}  k: *x\n"


@pytest.mark.parametrize(
    ("text", "into"),
    [
        ("b: {}\na: {k: 1}\n", "b"),  # into one line
        ("b:\n  c: 1\na:\n  k: &x 1\n", "b"),  # ahead of the anchor
        ("a: &a\n  k: 1\n  l: {b: {}}\n", "a"),
        ("x: &x 1\na:\n  k: [*x]\ny: &x 2\nb:\n  c: 1\n", "b"),  # another of that name
        ("x: &x 1\na:\n  k: *x\n---\nb:\n  c: 1\n", "b"),  # in another document
        ("x: &x\n  c: 1\na:\n  k: [&y 1]\nb:\n  c: 1\n", "b"),  # defines an anchor
        ("a:\n  &y k: 1\nb:\n  c: 1\n", "b"),
        ("a:\n  ? k\n  : 1\nb:\n  c: 1\n", "b"),
        ("a: {k, l: 1}\nb:\n  c: 1\n", "b"),
        ('a: {"k":1}\nb:\n  c: 1\n', "b"),
        ("a: {k: [1,\n  2]}\nb:\n  c: 1\n", "b"),
        ("a:\n  k: |+\n    x\n\nb:\n  c: 1\n\n\nd: 1\n", "b"),
        ("a:\n  k:\n  - |\n    x\nb:\n  c: 1 # no newline", "b"),
    ],
)
def test_an_entry_that_would_mean_something_else_is_not_copied(text: str, into: str) -> None:
    tree = read(text)
    entry = mapping_at(tree, "a").own["k"]
    mapping = next(
        node
        for _, one, node in nodes(tree)
        if one and one.name == into and isinstance(node, Mapping)
    )
    try:
        edits = add_entries(tree, mapping, [("k", entry)], at=tree.routes(mapping))
    except CannotEdit:
        return
    pytest.fail(f"{proven(tree, edits)!r}")


def test_a_merge_key_is_not_copied() -> None:
    tree = read("x: &x {k: 1}\na:\n  <<: *x\nb:\n  c: 1\n")
    (merge,) = mapping_at(tree, "a").entries
    with pytest.raises(CannotEdit):
        add_entries(tree, mapping_at(tree, "b"), [("<<", merge)], at=[("b",)])
