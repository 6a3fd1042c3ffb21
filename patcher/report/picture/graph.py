"""A graph to be drawn: nodes and directed edges, with what is said of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import Enum

from patcher.records import dataclass
from patcher.report.picture.fault import Faults


class Kind(Enum):
    """What a node stands for; the value names its look."""

    SERVICE = "service"
    JOB = "job"
    NGINX = "nginx"
    SERVER = "server"
    HOST = "host"
    NETWORK = "network"


class Line(Enum):
    """What an edge says; the value names its look."""

    HEALTHY = "healthy"
    COMPLETED = "completed"
    STARTED = "started"
    MISSING = "missing"
    WAY = "way"
    APART = "apart"


@dataclass(frozen=True, slots=True)
class Node:
    """One box: `label` in it, `note` below the label; `column` fixes its place where given.

    Broken where `faults` says why. `alike` holds the nodes that the box stands for, where it stands
    for several; they differ in their labels only.
    """

    id: str
    kind: Kind
    label: str
    note: str = ""
    faults: Faults = ()
    column: int | None = None
    alike: tuple[Node, ...] = ()

    @property
    def members(self) -> tuple[Node, ...]:
        """The nodes that the box stands for: itself, or those alike."""
        return self.alike or (self,)


@dataclass(frozen=True, slots=True)
class Edge:
    """One arrow from node to node, by id; broken where `faults` says why."""

    source: str
    target: str
    line: Line
    faults: Faults = ()


@dataclass(frozen=True, slots=True)
class Graph:
    """What is drawn."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()


def grouped(graph: Graph, least: int = 3) -> Graph:
    """Return a graph with one box for nodes that are alike, where there are at least so many.

    Alike are nodes of one kind, with one note and faults of the same rules, whose edges lead from
    and to the same nodes in the same way. Once some are grouped, others may be alike.
    """
    while True:
        groups = [one for one in _alike(graph) if len(one) >= least]
        if not groups:
            return graph
        graph = _merged(graph, groups)


def _alike(graph: Graph) -> list[list[Node]]:
    ends: dict[str, set[tuple[object, ...]]] = {node.id: set() for node in graph.nodes}
    for edge in graph.edges:
        looks = (edge.line, _rules(edge.faults))
        ends[edge.source].add(("to", edge.target, *looks))
        ends[edge.target].add(("from", edge.source, *looks))
    found: dict[object, list[Node]] = {}
    for node in graph.nodes:
        key = (node.kind, node.note, node.column, _rules(node.faults), frozenset(ends[node.id]))
        if ends[node.id] and not node.alike:
            found.setdefault(key, []).append(node)
    return list(found.values())


def _rules(faults: Faults) -> frozenset[str]:
    return frozenset(one.rule for one in faults)


def _merged(graph: Graph, groups: Iterable[Sequence[Node]]) -> Graph:
    boxes: dict[str, Node] = {}
    for group in groups:
        first = group[0]
        faults = tuple(dict.fromkeys(fault for one in group for fault in one.faults))
        box = replace(first, label=f"{len(group)} alike", faults=faults, alike=tuple(group))
        boxes |= {one.id: box for one in group}
    nodes = tuple(dict.fromkeys(boxes.get(one.id, one) for one in graph.nodes))
    edges: dict[tuple[str, str, Line], Edge] = {}
    for edge in graph.edges:
        ends = [boxes[name].id if name in boxes else name for name in (edge.source, edge.target)]
        key = (ends[0], ends[1], edge.line)
        known = edges.get(key)
        faults = (*(known.faults if known else ()), *edge.faults)
        edges[key] = Edge(*key, tuple(dict.fromkeys(faults)))
    return Graph(nodes, tuple(edges.values()))


def bounded(graph: Graph, most_nodes: int, most_edges: int) -> Graph:
    """Return a graph with at most so many nodes and edges, those with faults kept first."""
    broken = {end for edge in graph.edges if edge.faults for end in (edge.source, edge.target)}
    ranked = sorted(graph.nodes, key=lambda one: not (one.faults or one.id in broken))
    kept = {one.id for one in ranked[:most_nodes]}
    edges = [one for one in graph.edges if one.source in kept and one.target in kept]
    edges = sorted(edges, key=lambda one: not one.faults)[:most_edges]
    nodes = tuple(one for one in graph.nodes if one.id in kept)
    return Graph(nodes, tuple(edges))
