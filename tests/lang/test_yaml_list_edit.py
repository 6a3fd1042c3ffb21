from __future__ import annotations

import pytest

from patcher.lang.model import apply_touches
from patcher.lang.yaml import parse
from patcher.lang.yaml_list_edit import sequence_to_mapping
from patcher.lang.yaml_nodes import Mapping
from patcher.lang.yaml_sharing import node_at
from patcher.text import Route, Source, splice


def after(text: str) -> str:
    """Return a text with the list `k` of `a`, `[x]`, as a mapping; the model as declared."""
    tree = parse(Source("a.yaml", text))
    holder = node_at(tree, ("a",))
    assert isinstance(holder, Mapping)
    entry = holder.own["k"]
    at: list[Route] = [("a", "k"), ("l", 0)]
    edits = sequence_to_mapping(tree, holder, entry, [("x", {"c": "d"})], at=at)
    result = splice(text, edits)
    touches = [touch for edit in edits for touch in edit.touches]
    assert parse(Source("a.yaml", result)).model == apply_touches(tree.model, touches)
    return result


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a:\n  k: &n [x]  # why\n", "a:\n  k: &n  # why\n    x:\n      c: d\n"),
        ("a:\n  k: !t [x]\n  l: 1\n", "a:\n  k: !t\n    x:\n      c: d\n  l: 1\n"),
        ("a:\n  k: &n\n    [x]\n", "a:\n  k: &n\n    {x: {c: d}}\n"),
        ("a: {k: &n [x]}\n", "a: {k: &n {x: {c: d}}}\n"),
        ("l: [&n [x]]\na:\n  k: *n\n", "l: [&n {x: {c: d}}]\na:\n  k: *n\n"),
        ("l:\n  - &n [x]\na:\n  k: *n\n", "l:\n  - &n {x: {c: d}}\na:\n  k: *n\n"),
    ],
)
def test_an_anchor_or_a_tag_stays_before_the_mapping(text: str, expected: str) -> None:
    assert after(text) == expected
