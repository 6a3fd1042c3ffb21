"""What is drawn of a start order and of lookups."""

from __future__ import annotations

from patcher.report.picture.graph import Edge, Graph, Kind, Line
from patcher.report.picture.graphs import alone, lookup_graph, start_graph
from tests.report.pictured import COMPOSE, NGINX, order_of, ways_of


def edge(graph: Graph, source: str, target: str) -> Edge:
    (found,) = (one for one in graph.edges if (one.source, one.target) == (source, target))
    return found


def test_arrows_lead_from_what_is_waited_for_to_who_waits() -> None:
    graph = start_graph(order_of(COMPOSE, {"default.conf": NGINX}))
    assert [one.label for one in graph.nodes] == ["db", "api", "worker", "proxy"]
    assert edge(graph, "db", "api").line is Line.STARTED
    assert edge(graph, "db", "worker").line is Line.MISSING
    assert edge(graph, "api", "proxy").line is Line.HEALTHY
    assert all(one.faults for one in graph.edges)
    assert graph.nodes[0].note == "no health check"


def test_who_has_no_part_is_told_in_words() -> None:
    order = order_of(
        "services:\n  a: {image: x}\n  b: {image: x}\n  c: {image: x, depends_on: [b]}\n"
    )
    assert [one.id for one in start_graph(order).nodes] == ["b", "c"]
    assert alone(order) == ["a"]


def test_a_wait_for_nobody_is_drawn() -> None:
    graph = start_graph(order_of("services:\n  a: {image: x, depends_on: [gone]}\n"))
    assert [(one.id, one.kind) for one in graph.nodes] == [
        ("a", Kind.SERVICE),
        ("gone", Kind.HOST),
    ]


def test_lookups_stand_in_four_columns() -> None:
    graph = lookup_graph(ways_of(COMPOSE, NGINX))
    columns = [[one.label for one in graph.nodes if one.column == number] for number in range(4)]
    assert columns == [
        ["proxy"],
        ["127.0.0.11", "8.8.8.8", "at start, once"],
        ["api", "apj"],
        ["default"],
    ]
    broken = {(one.source, one.target) for one in graph.edges if one.faults}
    assert broken == {
        ("nginx proxy", "proxy 8.8.8.8"),
        ("proxy start", "host apj"),
    }


def test_a_missing_resolver_is_a_broken_box() -> None:
    text = "server { location / { set $up http://api:8000; proxy_pass $up; } }\n"
    graph = lookup_graph(ways_of(COMPOSE, text))
    box = next(one for one in graph.nodes if one.column == 1)
    assert box.label == "no resolver"
    assert box.faults
    assert edge(graph, box.id, "service api").faults
