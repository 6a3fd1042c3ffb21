from __future__ import annotations

import pytest

from patcher.lang.yaml import parse
from patcher.lang.yaml_nodes import Mapping, Tree
from patcher.lang.yaml_sharing import is_extension, node_at, shown_at
from patcher.text import Route, Source


def tree_of(text: str) -> Tree:
    return parse(Source("a.yaml", text))


def mapping_at(tree: Tree, *route: str | int) -> Mapping:
    node = node_at(tree, route)
    assert isinstance(node, Mapping)
    return node


def shown(text: str, *besides: str) -> list[str]:
    """Return where an entry `k` of the mapping `a` would show."""
    tree = tree_of(text)
    own = [mapping_at(tree, name) for name in besides]
    return [".".join(map(str, one)) for one in shown_at(tree, mapping_at(tree, "a"), "k", own)]


@pytest.mark.parametrize(
    ("text", "routes"),
    [
        ("a: {x: 1}\nb: {x: 1}\n", ["a"]),
        ("a: &a {x: 1}\nb: *a\nc: {d: *a}\n", ["a", "b", "c.d"]),
        ("a: &a {x: 1}\nb: {<<: *a}\nc: &c {<<: *a}\nd: {<<: *c}\n", ["a", "b", "c", "d"]),
        ("a: &a {x: 1}\nb: {<<: *a, k: 1}\n", ["a"]),
        ("a: &a {x: 1}\nc: &c {<<: *a, k: 1}\nd: {<<: *c}\n", ["a"]),
        ("a: &a {x: 1}\nk: &k {k: 1}\nb: {<<: [*a, *k]}\nc: {<<: [*k, *a]}\n", ["a", "b"]),
        ("a: &a {x: 1}\nk: &k {k: 1}\nm: &m {<<: *k}\nc: {<<: [*m, *a]}\n", ["a"]),
        ("a: &a {x: 1}\nb: {'<<': *a}\n", ["a", "b.<<"]),
    ],
)
def test_where_a_new_entry_shows(text: str, routes: list[str]) -> None:
    assert shown(text) == routes


def test_a_mapping_that_gets_its_own_hides_it_from_those_behind() -> None:
    text = "a: &a {x: 1}\nb: &b {<<: *a}\nc: {<<: *b}\n"
    assert shown(text) == ["a", "b", "c"]
    assert shown(text, "b") == ["a"]
    assert shown(text, "c") == ["a", "b"]


def test_several_documents() -> None:
    tree = tree_of("a: {x: 1}\n---\na: &a {x: 1}\nb: *a\n")
    assert shown_at(tree, mapping_at(tree, 1, "a"), "k") == ((1, "a"), (1, "b"))
    assert node_at(tree, ()) is None


@pytest.mark.parametrize("route", [("a", "y"), ("a", "x", "z"), ("b", 2), ("b", "0"), ("c",)])
def test_a_route_that_leads_nowhere(route: Route) -> None:
    assert node_at(tree_of("a: {x: 1}\nb: [1, 2]\n"), route) is None


@pytest.mark.parametrize(
    ("route", "expected"),
    [(("x-a",), True), ((1, "x-a", "b"), True), (("services", "x-a"), False), ((), False)],
)
def test_extension_fields(route: Route, expected: bool) -> None:
    assert is_extension(route) is expected
