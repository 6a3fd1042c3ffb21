"""Columns and their order: left to right, few crossings, circles opened, always the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from patcher.report.picture.graph import Edge, Graph, Kind, Line, Node
from patcher.report.picture.layers import Item, Layers, crossings, layers


def graph(*edges: str, columns: dict[str, int] | None = None) -> Graph:
    """Make a graph of edges such as `a>b`."""
    pairs = [edge.split(">") for edge in edges]
    names = dict.fromkeys(name for pair in pairs for name in pair)
    nodes = (
        Node(name, Kind.SERVICE, name, column=(columns or {}).get(name) if columns else None)
        for name in names
    )
    return Graph(tuple(nodes), tuple(Edge(one, other, Line.WAY) for one, other in pairs))


def column_of(found: Layers, item: Item) -> int:
    return next(number for number, column in enumerate(found.columns) if item in column)


def test_a_node_stands_right_of_all_that_lead_to_it() -> None:
    found = layers(graph("a>b", "b>c", "a>c"))
    assert [column_of(found, name) for name in "abc"] == [0, 1, 2]
    assert found.chains[2] == ["a", (2, 1), "c"]


def test_circles_are_opened() -> None:
    found = layers(graph("a>b", "b>c", "c>a"))
    assert found.reversed == {2}
    assert found.chains[2] == ["a", (2, 1), "c"]


def test_an_edge_to_itself_has_no_line() -> None:
    found = layers(graph("a>a", "a>b"))
    assert list(found.chains) == [1]


def test_crossings_are_taken_out() -> None:
    found = layers(graph("a>y", "b>x", "a>z", "b>w"))
    right: dict[Item, list[Item]] = {"a": ["y", "z"], "b": ["x", "w"]}
    assert crossings(found.columns, right) == 0


def test_fixed_columns_stay() -> None:
    found = layers(graph("a>c", columns={"a": 0, "c": 3}))
    assert column_of(found, "c") == 3
    assert found.chains[0] == ["a", (0, 1), (0, 2), "c"]


def test_nothing_at_all() -> None:
    assert layers(Graph()).columns == []


NAMES = st.sampled_from("abcdefgh")


@given(st.lists(st.tuples(NAMES, NAMES), max_size=20))
def test_every_edge_leads_to_the_right(pairs: list[tuple[str, str]]) -> None:
    one = graph(*(f"{a}>{b}" for a, b in pairs))
    found = layers(one)
    assert layers(one) == found
    for chain in found.chains.values():
        columns = [column_of(found, item) for item in chain]
        assert columns == list(range(columns[0], columns[-1] + 1))
    placed = [item for column in found.columns for item in column]
    assert len(placed) == len(set(placed))
    assert {node.id for node in one.nodes} <= set(placed)
