"""A list of names rewritten as a mapping, as `depends_on` is."""

from __future__ import annotations

import pytest

from patcher.lang.edit_error import CannotEdit
from patcher.lang.yaml_list_edit import sequence_to_mapping
from patcher.lang.yaml_nodes import Sequence, target
from patcher.lang.yaml_style import Data
from patcher.text import Edit
from tests.lang.yaml_helpers import mapping_at, node_at, proven, read

H = {"if": "up"}


def rewritten(text: str, *extra: str) -> str:
    tree = read(text)
    sequence = target(node_at(tree, "s", "d"))
    assert isinstance(sequence, Sequence)
    names = [str(getattr(item, "value", "")) for item in sequence.items]
    items: list[tuple[str, Data]] = [(name, H) for name in (*names, *extra)]
    mapping = mapping_at(tree, "s")
    at = tree.routes(sequence)
    edits: tuple[Edit, ...] = sequence_to_mapping(tree, mapping, mapping.own["d"], items, at=at)
    return proven(tree, edits)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("s:\n  d:\n    - a\n", "s:\n  d:\n    a:\n      if: up\n"),
        ("s:\n  d:\n  - a\n  e: 1\n", "s:\n  d:\n    a:\n      if: up\n  e: 1\n"),
        ("s:\n  d:\n      - a\n", "s:\n  d:\n      a:\n        if: up\n"),
        (
            "s:\n  d:\n    # of a\n    - 'a' # tail\n\n    - b\n  # of e\n  e: 1\n",
            "s:\n  d:\n    # of a\n    'a': # tail\n      if: up\n\n    b:\n      if: up\n"
            "  # of e\n  e: 1\n",
        ),
        ("s:\n  d: [a] # tail\n", "s:\n  d: # tail\n    a:\n      if: up\n"),
        ("s:\n  d: [a,\n    b]\n", "s:\n  d:\n    a:\n      if: up\n    b:\n      if: up\n"),
        ("s: {d: [a]}\n", "s: {d: {a: {if: up}}}\n"),
        ('{"s": {"d": ["a"]}}\n', '{"s": {"d": {"a": {"if": "up"}}}}\n'),
        ("s:\n  d: &x [a]\nt: *x\n", "s:\n  d: &x\n    a:\n      if: up\nt: *x\n"),
        ("s:\n  d: &x [a]  # why\n", "s:\n  d: &x  # why\n    a:\n      if: up\n"),
        ("s:\n  d: &x\n    [a]\n", "s:\n  d: &x\n    {a: {if: up}}\n"),
        ("s: {d: &x [a]}\n", "s: {d: &x {a: {if: up}}}\n"),
        ("l: [&x [a]]\ns:\n  d: *x\n", "l: [&x {a: {if: up}}]\ns:\n  d: *x\n"),
        ("l:\n  - &x [a]\ns:\n  d: *x\n", "l:\n  - &x {a: {if: up}}\ns:\n  d: *x\n"),
        ("s:\n  d: &x\n    - a\nt: *x\n", "s:\n  d: &x\n    a:\n      if: up\nt: *x\n"),
        ("x: &x\n  - a\ns:\n  d: *x\n", "x: &x\n  a:\n    if: up\ns:\n  d: *x\n"),
        ("s:\n  d: !override [a]\n", "s:\n  d: !override\n    a:\n      if: up\n"),
        ("s:\r\n  d:\r\n    - a", "s:\r\n  d:\r\n    a:\r\n      if: up"),
        ("s:\n    d:\n        -   a\n", "s:\n    d:\n        a:\n            if: up\n"),
    ],
)
def test_the_list_becomes_a_mapping_where_it_stands(text: str, expected: str) -> None:
    assert rewritten(text) == expected


def test_further_names_follow_the_last() -> None:
    assert rewritten("s:\n  d:\n    - a # tail\n", "b") == (
        "s:\n  d:\n    a: # tail\n      if: up\n    b:\n      if: up\n"
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("s:\n  d:\n    - # of a\n      a\n", "a comment stands between a dash and its item"),
        ("s:\n  d: [a, # of a\n    b]\n", "comments stand inside"),
        ("s:\n  d: [80]\n", "not a list of names"),
        ("s:\n  d: [[a]]\n", "not a list of names"),
        ("s:\n  d:\n    - a\n      b\n", "not a list of names"),
        ("s:\n  d: !!seq [a]\n", "tagged as a list"),
    ],
)
def test_what_cannot_be_a_key_is_refused(text: str, reason: str) -> None:
    with pytest.raises(CannotEdit, match=reason):
        rewritten(text)
