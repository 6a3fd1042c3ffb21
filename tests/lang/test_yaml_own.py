from __future__ import annotations

import pytest

from patcher.lang.edit_error import CannotEdit
from patcher.lang.model import apply_touches
from patcher.lang.yaml import parse
from patcher.lang.yaml_insert import Items
from patcher.lang.yaml_nodes import Mapping, Tree
from patcher.lang.yaml_own import copies, own_mapping, own_value
from patcher.lang.yaml_sharing import node_at
from patcher.text import Source, splice

ITEMS: Items = [("p", "q"), ("r", "s")]


def mapping_at(tree: Tree, *route: str) -> Mapping:
    node = node_at(tree, route)
    assert isinstance(node, Mapping)
    return node


def after(text: str, items: Items = ITEMS) -> str:
    """Return a text with a value of its own for `k` of `b`; the model changes as declared."""
    tree = parse(Source("a.yaml", text))
    edits = own_value(tree, mapping_at(tree, "b"), "k", items, at=[("b",)])
    result = splice(text, edits)
    touches = [touch for edit in edits for touch in edit.touches]
    assert parse(Source("a.yaml", result)).model == apply_touches(tree.model, touches)
    return result


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "a: &a {k: 1}\nb:\n  <<: *a  # all\n  # last\nc: {<<: *a}\n",
            "a: &a {k: 1}\nb:\n  <<: *a  # all\n  k:\n    p: q\n    r: s\n  # last\nc: {<<: *a}\n",
        ),
        (
            "a: &a [x]\nb:\n  k: *a  # why\n  l: 1\n",
            "a: &a [x]\nb:\n  k:  # why\n    p: q\n    r: s\n  l: 1\n",
        ),
        ("a: &a [x]\nb: {k: *a, l: 1}\n", "a: &a [x]\nb: {k: {p: q, r: s}, l: 1}\n"),
        ("a: &a {k: 1}\nb: {<<: *a}\n", "a: &a {k: 1}\nb: {<<: *a, k: {p: q, r: s}}\n"),
        ("a: &a [x]\nb:\n    'k': *a", "a: &a [x]\nb:\n    'k':\n        p: q\n        r: s"),
    ],
)
def test_it_stands_beside_the_merge_or_in_place_of_the_alias(text: str, expected: str) -> None:
    assert after(text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("b: {k: &k [x]}\nc: {k: *k}\n", r"defined here and shared with `c\.k`"),
        ("a: &a {k: 1}\nb: &b {<<: *a}\nc: {<<: *b}\n", "shared through an anchor with `c`"),
        ("a: &a [x]\nb: &b {k: *a}\nc: *b\n", r"shared through an anchor with `c\.k`"),
    ],
)
def test_what_would_change_others_is_refused(text: str, reason: str) -> None:
    with pytest.raises(CannotEdit, match=reason):
        after(text)


def test_what_others_merge_from_elsewhere_is_not_hidden_for_them() -> None:
    text = "a: &a {k: 1}\nb: &b {<<: *a}\nd: &d {k: 2}\nc: {<<: [*b, *d]}\n"
    tree = parse(Source("a.yaml", text))
    edits = own_value(tree, mapping_at(tree, "b"), "k", ITEMS, at=[("b",), ("c",)])
    assert [touch.route for edit in edits for touch in edit.touches] == [("b", "k"), ("c", "k")]
    tree = parse(Source("a.yaml", text.replace("{k: 1}", "{x: 1}")))
    with pytest.raises(CannotEdit, match="`c` already has `k`"):
        own_value(tree, mapping_at(tree, "b"), "k", ITEMS, at=[("b",), ("c",)])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("b:\n  k:\n  l: 1\n", "b:\n  k:\n    p: q\n    r: s\n  l: 1\n"),
        ("b: {k: null}\n", "b: {k: {p: q, r: s}}\n"),
    ],
)
def test_an_entry_without_a_value_is_filled(text: str, expected: str) -> None:
    assert after(text) == expected


def test_an_entry_that_nobody_shares_stays() -> None:
    with pytest.raises(CannotEdit, match=r"`b\.k` is there already"):
        after("b: {k: [x]}\n")


def test_an_alias_becomes_a_mapping_that_merges_it() -> None:
    text = "a: &a {k: 1, x: 2}\nb: *a  # one\nc: *a\n"
    tree = parse(Source("a.yaml", text))
    root = mapping_at(tree)
    edits = own_mapping(tree, root, root.own["b"], "k", ITEMS)
    result = splice(text, edits)
    assert result.endswith("b:  # one\n  <<: *a\n  k:\n    p: q\n    r: s\nc: *a\n")
    touches = [touch for edit in edits for touch in edit.touches]
    assert [touch.route for touch in touches] == [("b", "k")]
    assert parse(Source("a.yaml", result)).model == apply_touches(tree.model, touches)


def test_copies_are_as_written_and_merge_keys_are_written_out() -> None:
    text = "a: &a\n  p: {x: 'y'}  # one\n  <<: {q: 1}\nb:\n  k: *a\nc: {k: *a}\n"
    tree = parse(Source("a.yaml", text))
    shared = mapping_at(tree, "a")
    items = list(copies(shared, mapping_at(tree, "b")).items())
    assert "b:\n  k:\n    p: {x: 'y'}  # one\n    q: 1\nc:" in after(text, items)
    assert copies(shared, mapping_at(tree, "c")) == {"p": {"x": "y"}, "q": 1}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: &a {x: 1}\nb:\n  k: *a  # why\n", "b:\n  k:  # why\n    <<: *a\n    p: q\n"),
        ("a: &a {x: 1}\nb: {k: *a}\n", "b: {k: {<<: *a, p: q}}\n"),
    ],
)
def test_an_alias_becomes_a_merge_key(text: str, expected: str) -> None:
    tree = parse(Source("a.yaml", text))
    into = mapping_at(tree, "b")
    items = [*copies(into.own["k"].value, into).items(), ("p", "q")]
    assert after(text, items).endswith(expected)


def test_what_is_no_mapping_has_no_entries_to_copy() -> None:
    tree = parse(Source("a.yaml", "a: &a [x]\nb: {k: *a}\n"))
    into = mapping_at(tree, "b")
    with pytest.raises(CannotEdit, match="no mapping"):
        copies(into.own["k"].value, into)
