"""Coordinates: boxes do not overlap, lines end at boxes, everything lies in the picture."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from patcher.report.picture.graph import Edge, Graph, Kind, Line, Node
from patcher.report.picture.layout import Box, layout
from tests.report.picture.test_layers import NAMES, graph


def apart(one: Box, other: Box) -> bool:
    beside = one.x + one.width <= other.x or other.x + other.width <= one.x
    return beside or one.y + one.height <= other.y or other.y + other.height <= one.y


@given(st.lists(st.tuples(NAMES, NAMES), max_size=20))
def test_boxes_lie_apart_and_inside(pairs: list[tuple[str, str]]) -> None:
    placed = layout(graph(*(f"{a}>{b}" for a, b in pairs)))
    assert all(apart(one, other) for one, other in combinations(placed.boxes, 2))
    for box in placed.boxes:
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + box.width <= placed.width
        assert box.y + box.height <= placed.height


def test_lines_end_at_the_sides_of_their_boxes() -> None:
    placed = layout(graph("a>b", "b>c", "a>c", "c>a"))
    boxes = {box.node.id: box for box in placed.boxes}
    for path in placed.paths:
        ends = [path.edge.source, path.edge.target]
        first, last = (boxes[name] for name in (reversed(ends) if path.backwards else ends))
        (x1, y1), (x2, y2) = path.points[0], path.points[-1]
        assert x1 == round(first.x + first.width, 1)
        assert x2 == last.x
        assert first.y < y1 < first.y + first.height
        assert last.y < y2 < last.y + last.height


def test_a_box_is_as_wide_as_its_label() -> None:
    short, wide = (layout(Graph((Node("a", Kind.SERVICE, text),))) for text in ("a", "a" * 30))
    assert wide.width > short.width
    longest = layout(Graph((Node("a", Kind.SERVICE, "a" * 5000),)))
    assert longest.width < 400


def test_forty_services_in_a_chain_and_in_a_column() -> None:
    chain = layout(graph(*(f"s{number}>s{number + 1}" for number in range(40))))
    assert len({box.x for box in chain.boxes}) == 41
    edges = tuple(Edge("db", f"s{number}", Line.STARTED) for number in range(40))
    nodes = (Node(name, Kind.SERVICE, name) for name in ["db", *(one.target for one in edges)])
    column = layout(Graph(tuple(nodes), edges))
    assert len({box.x for box in column.boxes}) == 2
