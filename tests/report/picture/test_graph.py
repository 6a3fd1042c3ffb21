"""Boxes for nodes that are alike, and bounds that keep what is broken."""

from __future__ import annotations

from patcher.report.picture.fault import Fault
from patcher.report.picture.graph import Edge, Graph, Kind, Line, Node, bounded, grouped

FAULT = (Fault("some-rule", "it is bad"),)


def node(name: str, faults: tuple[Fault, ...] = ()) -> Node:
    return Node(name, Kind.SERVICE, name, "", faults)


def star(count: int) -> Graph:
    """Return a graph with a database and services that wait for it."""
    names = [f"w{number}" for number in range(count)]
    edges = tuple(Edge("db", name, Line.STARTED) for name in names)
    return Graph((node("db"), *map(node, names)), edges)


def test_nodes_that_are_alike_share_a_box() -> None:
    graph = grouped(star(4))
    database, box = graph.nodes
    assert [one.label for one in box.members] == ["w0", "w1", "w2", "w3"]
    assert [one.label for one in database.members] == ["db"]
    assert graph.edges == (Edge("db", "w0", Line.STARTED),)


def test_two_are_too_few() -> None:
    assert grouped(star(2)) == star(2)


def test_another_condition_or_fault_is_not_alike() -> None:
    graph = star(4)
    other = Edge("db", "w0", Line.HEALTHY)
    changed = Graph(graph.nodes, (other, *graph.edges[1:]))
    assert [len(one.members) for one in grouped(changed).nodes] == [1, 1, 3]
    faulty = Graph((*graph.nodes[:-1], node("w3", FAULT)), graph.edges)
    assert [len(one.members) for one in grouped(faulty).nodes] == [1, 3, 1]


def test_a_box_keeps_every_fault_of_its_members() -> None:
    names = ["a", "b", "c"]
    faults = {name: (Fault("some-rule", f"{name} is bad"),) for name in names}
    edges = tuple(Edge("db", name, Line.STARTED, faults[name]) for name in names)
    graph = grouped(Graph((node("db"), *(node(name, faults[name]) for name in names)), edges))
    assert [one.message for one in graph.nodes[1].faults] == [f"{name} is bad" for name in names]
    assert [one.message for one in graph.edges[0].faults] == [f"{name} is bad" for name in names]


def test_grouping_goes_on_where_it_makes_others_alike() -> None:
    targets, waiters = ["a", "b", "c"], ["x", "y", "z"]
    edges = tuple(Edge(one, other, Line.STARTED) for one in targets for other in waiters)
    graph = grouped(Graph(tuple(map(node, [*targets, *waiters])), edges))
    assert [len(one.members) for one in graph.nodes] == [3, 3]
    assert len(graph.edges) == 1


def test_bounds_keep_what_is_broken() -> None:
    graph = star(20)
    broken = Edge("db", "w19", Line.STARTED, FAULT)
    cut = bounded(Graph(graph.nodes, (*graph.edges[:-1], broken)), 5, 3)
    assert len(cut.nodes) == 5
    assert {"db", "w19"} <= {one.id for one in cut.nodes}
    assert len(cut.edges) == 3
    assert broken in cut.edges


def test_bounds_leave_a_small_graph_as_it_is() -> None:
    assert bounded(star(3), 60, 300) == star(3)
