"""A graph to be drawn: nodes and directed edges, with what is said of each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

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

    Broken where `faults` says why.
    """

    id: str
    kind: Kind
    label: str
    note: str = ""
    faults: Faults = ()
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """One arrow from node to node, by id; broken where `faults` says why."""

    source: str
    target: str
    line: Line
    faults: Faults = ()


@dataclass(frozen=True, slots=True)
class Graph:
    """What is drawn; `left_out` counts the nodes that a bound cut away."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    left_out: int = 0


def bounded(graph: Graph, most_nodes: int, most_edges: int) -> Graph:
    """Return a graph with at most so many nodes and edges, those with faults kept first."""
    broken = {end for edge in graph.edges if edge.faults for end in (edge.source, edge.target)}
    ranked = sorted(graph.nodes, key=lambda one: not (one.faults or one.id in broken))
    kept = {one.id for one in ranked[:most_nodes]}
    edges = [one for one in graph.edges if one.source in kept and one.target in kept]
    edges = sorted(edges, key=lambda one: not one.faults)[:most_edges]
    nodes = tuple(one for one in graph.nodes if one.id in kept)
    return Graph(nodes, tuple(edges), graph.left_out + len(graph.nodes) - len(nodes))
