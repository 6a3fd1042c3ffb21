"""Columns for the nodes of a graph, and an order within each that has few crossings.

The layered method of Sugiyama, Tagawa and Toda (1981): circles are opened, every node stands one
column right of all that lead to it, edges over several columns get a point in each, and columns
are sorted by the middle of their neighbours. The same graph always gives the same result.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

from patcher.records import dataclass
from patcher.report.picture.graph import Edge, Graph

_SWEEPS = 12
Point = tuple[int, int]
"""Where an edge passes a column: the edge's index, and the column."""
Item = str | Point
Columns = list[list[Item]]


@dataclass(frozen=True)
class Layers:
    """The items of each column from top to bottom: node ids, and the points of long edges.

    `chains` holds for each edge of the graph the items that it goes through, from left to right;
    `reversed` the indices of the edges that lead from right to left. An edge from a node to itself
    has no chain.
    """

    columns: Columns
    chains: dict[int, list[Item]]
    reversed: frozenset[int]


def layers(graph: Graph) -> Layers:
    """Return the columns of a graph."""
    turned = _back_edges(graph)
    ends = {
        index: (edge.target, edge.source) if index in turned else (edge.source, edge.target)
        for index, edge in enumerate(graph.edges)
        if edge.source != edge.target
    }
    rank = _ranks(graph, ends.values())
    chains: dict[int, list[Item]] = {}
    for index, (one, other) in ends.items():
        between = range(rank[one] + 1, rank[other])
        chains[index] = [one, *((index, column) for column in between), other]
    columns = _columns(graph, rank, chains)
    return Layers(_sorted(columns, chains.values()), chains, frozenset(turned))


def _back_edges(graph: Graph) -> set[int]:
    """Return the edges that close a circle, found depth first from the first node on."""
    leaving: dict[str, list[tuple[int, Edge]]] = {}
    for index, edge in enumerate(graph.edges):
        leaving.setdefault(edge.source, []).append((index, edge))
    back: set[int] = set()
    done: dict[str, bool] = {}
    for node in graph.nodes:
        stack = [(node.id, False)]
        while stack:
            name, is_left = stack.pop()
            if is_left:
                done[name] = True
            elif name not in done:
                done[name] = False
                stack.append((name, True))
                stack += [(edge.target, False) for _, edge in reversed(leaving.get(name, []))]
                back |= {i for i, edge in leaving.get(name, []) if done.get(edge.target) is False}
    return back


def _ranks(graph: Graph, ends: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Return each node's column: as fixed, else one right of the last that leads to it."""
    entering: dict[str, list[str]] = {}
    for one, other in ends:
        entering.setdefault(other, []).append(one)
    rank = {node.id: node.column or 0 for node in graph.nodes}
    if any(node.column is not None for node in graph.nodes):
        return rank
    for _ in graph.nodes:
        changed = False
        for name, before in entering.items():
            least = 1 + max(rank[one] for one in before)
            changed |= least > rank[name]
            rank[name] = max(rank[name], least)
        if not changed:
            break
    return rank


def _columns(graph: Graph, rank: dict[str, int], chains: dict[int, list[Item]]) -> Columns:
    columns: Columns = [[] for _ in range(max(rank.values(), default=-1) + 1)]
    for node in graph.nodes:
        columns[rank[node.id]].append(node.id)
    for chain in chains.values():
        for item in chain[1:-1]:
            columns[item[1]].append(item)  # type: ignore[index]
    return columns


def _sorted(columns: Columns, chains: Iterable[list[Item]]) -> Columns:
    links = [pair for chain in chains for pair in itertools.pairwise(chain)]
    left: dict[Item, list[Item]] = {}
    right: dict[Item, list[Item]] = {}
    for one, other in links:
        left.setdefault(other, []).append(one)
        right.setdefault(one, []).append(other)
    best, fewest = columns, crossings(columns, right)
    for sweep in range(_SWEEPS):
        columns = _swept(columns, left if sweep % 2 == 0 else right, forward=sweep % 2 == 0)
        if (count := crossings(columns, right)) < fewest:
            best, fewest = columns, count
    return best


def _swept(columns: Columns, neighbours: dict[Item, list[Item]], *, forward: bool) -> Columns:
    """Return the columns, each sorted by the mean place of its items' neighbours on one side."""
    swept = columns if forward else columns[::-1]
    result: Columns = []
    place: dict[Item, float] = {}
    for column in swept:
        own = {item: float(index) for index, item in enumerate(column)}
        wish = {
            item: _mean([place[n] for n in neighbours.get(item, [])], own[item]) for item in own
        }
        result.append(sorted(column, key=lambda item: wish[item]))
        place = {item: float(index) for index, item in enumerate(result[-1])}
    return result if forward else result[::-1]


def _mean(places: Sequence[float], otherwise: float) -> float:
    return sum(places) / len(places) if places else otherwise


def crossings(columns: Columns, right: dict[Item, list[Item]]) -> int:
    """Return how often the lines between neighbouring columns cross."""
    count = 0
    for column, following in itertools.pairwise(columns):
        place = {item: index for index, item in enumerate(following)}
        seen: list[int] = []
        for item in column:
            ends = [place[other] for other in right.get(item, [])]
            count += sum(1 for end in ends for one in seen if one > end)
            seen += ends
    return count
