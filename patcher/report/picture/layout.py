"""Coordinates for the columns of a graph: boxes, and a smooth line for each edge.

Lengths are SVG user units, which a browser shows as CSS pixels.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Final

from patcher.records import dataclass
from patcher.report.picture import words
from patcher.report.picture.graph import Edge, Graph, Node
from patcher.report.picture.layers import Item, Layers, layers

_PORT: Final = 9.0
_GAP: Final = 14.0
_POINT_HEIGHT: Final = 4.0
_BETWEEN: Final = 92.0
_MARGIN: Final = 14.0
_ROUNDS: Final = 16


@dataclass(frozen=True, slots=True)
class Box:
    """A node's place: its left upper corner, width and height."""

    node: Node
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Path:
    """An edge's line: the points that it goes through, two for each column but the outer ones.

    `backwards` tells that the arrow's head is at the first point.
    """

    edge: Edge
    points: tuple[tuple[float, float], ...]
    backwards: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """A placed graph, and the size of the whole picture."""

    boxes: tuple[Box, ...]
    paths: tuple[Path, ...]
    width: float
    height: float


def layout(graph: Graph) -> Layout:
    """Place a graph's nodes and edges; the same graph always gives the same picture."""
    found = layers(graph)
    nodes = {node.id: node for node in graph.nodes}
    heights = _heights(graph, found)
    middles = _middles(found, heights)
    columns = _column_places(found, nodes)
    boxes = {
        name: Box(node, *_corner(columns[column], middles[name], heights[name]))
        for column, items in enumerate(found.columns)
        for name in items
        if isinstance(name, str) and (node := nodes[name])
    }
    paths = _paths(graph, found, boxes, columns, middles)
    bottom = max((middles[item] + heights[item] / 2 for item in middles), default=0.0)
    right = sum(columns[-1]) if columns else 0.0
    return Layout(tuple(boxes.values()), paths, right + _MARGIN, bottom + _MARGIN)


def _corner(
    column: tuple[float, float], middle: float, height: float
) -> tuple[float, float, float, float]:
    x, width = column
    return x, round(middle - height / 2, 1), width, height


def _heights(graph: Graph, found: Layers) -> dict[Item, float]:
    """Return the height of every item: a box is as high as the edges on one side need."""
    leaving: dict[Item, int] = {}
    entering: dict[Item, int] = {}
    for chain in found.chains.values():
        leaving[chain[0]] = leaving.get(chain[0], 0) + 1
        entering[chain[-1]] = entering.get(chain[-1], 0) + 1
    heights = {item: _POINT_HEIGHT for column in found.columns for item in column}
    for node in graph.nodes:
        ports = max(leaving.get(node.id, 0), entering.get(node.id, 0))
        heights[node.id] = max(words.height(node), _PORT * (ports + 1))
    return heights


def _column_places(found: Layers, nodes: dict[str, Node]) -> list[tuple[float, float]]:
    """Return x and width of each column: as wide as its widest box."""
    places = []
    x = _MARGIN
    for column in found.columns:
        widths = (words.width(nodes[item]) for item in column if isinstance(item, str))
        widest = max(widths, default=0.0)
        places.append((x, widest))
        x += widest + _BETWEEN
    return places


def _middles(found: Layers, heights: dict[Item, float]) -> dict[Item, float]:
    """Return the height at which each item's middle lies, near the middle of its neighbours."""
    near: dict[Item, list[Item]] = {}
    for chain in found.chains.values():
        for one, other in itertools.pairwise(chain):
            near.setdefault(one, []).append(other)
            near.setdefault(other, []).append(one)
    middles: dict[Item, float] = {}
    for column in found.columns:
        middles |= _spread(column, [0.0] * len(column), heights)
    for turn in range(_ROUNDS):
        for column in found.columns if turn % 2 else found.columns[::-1]:
            wishes = [_mean([middles[n] for n in near.get(item, [item])]) for item in column]
            middles |= _spread(column, wishes, heights)
    top = min((middles[item] - heights[item] / 2 for item in middles), default=0.0)
    return {item: round(y - top + _MARGIN, 1) for item, y in middles.items()}


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _spread(
    column: Sequence[Item], wishes: Sequence[float], heights: dict[Item, float]
) -> dict[Item, float]:
    """Place a column's items as near to their wishes as their order and the gaps allow.

    With the least sum of squares: isotonic regression, by pooling neighbours that collide.
    """
    offsets = [0.0]
    for one, other in itertools.pairwise(column):
        offsets.append(offsets[-1] + (heights[one] + heights[other]) / 2 + _GAP)
    pools: list[tuple[float, int]] = []
    for wish, offset in zip(wishes, offsets, strict=False):
        total, count = wish - offset, 1
        while pools and pools[-1][0] / pools[-1][1] > total / count:
            more, others = pools.pop()
            total, count = total + more, count + others
        pools.append((total, count))
    places = [total / count for total, count in pools for _ in range(count)]
    return {
        item: place + offset for item, place, offset in zip(column, places, offsets, strict=False)
    }


def _paths(
    graph: Graph,
    found: Layers,
    boxes: dict[str, Box],
    columns: list[tuple[float, float]],
    middles: dict[Item, float],
) -> tuple[Path, ...]:
    starts = _ports(found, boxes, middles, first=True)
    ends = _ports(found, boxes, middles, first=False)
    paths = []
    for index, chain in found.chains.items():
        one, other = boxes[str(chain[0])], boxes[str(chain[-1])]
        points = [(round(one.x + one.width, 1), starts[index])]
        for item in chain[1:-1]:
            x, width = columns[item[1]]  # type: ignore[index]
            points += [(x, middles[item]), (round(x + width, 1), middles[item])]
        points.append((other.x, ends[index]))
        paths.append(Path(graph.edges[index], tuple(points), index in found.reversed))
    return tuple(paths)


def _ports(
    found: Layers, boxes: dict[str, Box], middles: dict[Item, float], *, first: bool
) -> dict[int, float]:
    """Return at which height each edge touches its first or last box: spread, without crossings."""
    at: dict[str, list[tuple[float, int]]] = {}
    for index, chain in found.chains.items():
        end, beside = (chain[0], chain[1]) if first else (chain[-1], chain[-2])
        at.setdefault(str(end), []).append((middles[beside], index))
    places: dict[int, float] = {}
    for name, edges in at.items():
        box = boxes[name]
        step = box.height / (len(edges) + 1)
        for number, (_, index) in enumerate(sorted(edges), start=1):
            places[index] = round(box.y + step * number, 1)
    return places
