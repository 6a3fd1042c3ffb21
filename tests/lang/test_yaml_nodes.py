"""Aliases, merge keys, and the routes at which a node shows."""

from __future__ import annotations

import pytest

from patcher.lang.yaml_nodes import Alias, Mapping
from tests.lang.yaml_helpers import mapping_at, model, node_at, read, written

SHARED = "x: &x\n  k: &y [1]\ns: *x\nt:\n  <<: *x\n  own: *y\nu:\n  <<: [{k: 2}, *x]\n"


def test_an_alias_is_a_node_of_its_own_that_stands_for_the_anchor_s() -> None:
    tree = read(SHARED)
    alias = node_at(tree, "s")
    assert isinstance(alias, Alias)
    assert alias.target is node_at(tree, "x")
    assert written(tree, "s") == "*x"


def test_routes_of_a_node_are_all_that_it_shows_at() -> None:
    tree = read(SHARED)
    assert set(tree.routes(node_at(tree, "x"))) == {("x",), ("s",), ("t",), ("u",)}
    wanted = {("x", "k"), ("s", "k"), ("t", "k"), ("t", "own")}
    assert set(tree.routes(node_at(tree, "x", "k"))) == wanted


def test_merge_keys_give_what_compose_reads() -> None:
    assert model(SHARED)["t"] == {"own": [1], "k": [1]}
    assert model(SHARED)["u"] == {"k": 2}


@pytest.mark.parametrize(
    ("merge", "value"),
    [
        ("<<: *a\n  k: own", "own"),
        ("k: own\n  <<: *a", "own"),
        ("<<: [*a, *b]", 1),
        ("<<: [*b, *a]", 2),
        ("<<: {<<: *b, l: 3}", 2),
    ],
)
def test_own_entries_win_then_earlier_merges(merge: str, value: object) -> None:
    text = f"a: &a {{k: 1}}\nb: &b {{k: 2}}\nc:\n  {merge}\n"
    assert model(text)["c"]["k"] == value


def test_a_quoted_merge_key_is_a_key_like_any_other() -> None:
    assert model('a: &a {k: 1}\nb: {"<<": *a}\n')["b"] == {"<<": {"k": 1}}


def test_holder_is_the_mapping_that_writes_the_entry() -> None:
    tree = read("a: &a {k: 1}\nb: &b\n  <<: *a\nc:\n  <<: *b\n  l: 2\n")
    mapping = mapping_at(tree, "c")
    assert mapping.holder("k") is node_at(tree, "a")
    assert mapping.holder("l") is mapping
    with pytest.raises(KeyError):
        mapping.holder("m")


def test_owner_is_where_the_node_is_written() -> None:
    tree = read(SHARED)
    owner = tree.owner(node_at(tree, "x"))
    assert owner is not None
    assert (isinstance(owner[0], Mapping), owner[1].name) == (True, "x")
    assert tree.owner(mapping_at(tree)) is None
