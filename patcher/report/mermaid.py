"""The start order as a Mermaid flowchart, which GitHub and GitLab draw in Markdown.

Sources: https://mermaid.js.org/syntax/flowchart.html (entity codes, links, `linkStyle`) and
https://docs.github.com/en/get-started/writing-on-github (fenced `mermaid` blocks)
"""

from __future__ import annotations

from typing import Final

from patcher.patterns import regex
from patcher.report.picture.graph import Edge, Graph, Line, Node, bounded, grouped
from patcher.report.picture.graphs import start_graph
from patcher.report.picture.start_order import StartOrder
from patcher.report.picture.words import labels, shortened

MOST_NODES: Final = 60
MOST_EDGES: Final = 200
"""How much is drawn, those with faults first; Mermaid itself refuses more than 500 edges."""

_ARROWS: Final = {
    Line.HEALTHY: "-->|healthy|",
    Line.COMPLETED: "==>|completed|",
    Line.STARTED: "-.->|started|",
    Line.MISSING: "-.-x|does not wait|",
}
_PLAIN: Final = regex(r"[^A-Za-z0-9_ .,-]")
_BROKEN: Final = "stroke:#b3261e,stroke-width:2px"


def start_order_chart(order: StartOrder) -> str:
    """Return the lines of a flowchart without the fence; arrows lead to the service that waits.

    Names are escaped: nothing in them ends a label, a line or the fence around the chart. What is
    broken is red.
    """
    graph = bounded(grouped(start_graph(order)), MOST_NODES, MOST_EDGES)
    names = {node.id: f"s{number}" for number, node in enumerate(graph.nodes)}
    lines = [
        "flowchart LR",
        *(f'    {names[node.id]}["{_label(node)}"]' for node in graph.nodes),
        *(_edge(edge, names) for edge in graph.edges),
        *_styles(graph, names),
    ]
    return "\n".join(lines) + "\n"


def _label(node: Node) -> str:
    """Return a box's lines with every character that Mermaid might act on as an entity code."""
    lines = filter(None, (*labels(node), shortened(node.note)))
    return "<br>".join(_PLAIN.sub(lambda found: f"#{ord(found.group())};", one) for one in lines)


def _edge(edge: Edge, names: dict[str, str]) -> str:
    return f"    {names[edge.source]} {_ARROWS[edge.line]} {names[edge.target]}"


def _styles(graph: Graph, names: dict[str, str]) -> list[str]:
    nodes = [names[node.id] for node in graph.nodes if node.faults]
    edges = [str(number) for number, edge in enumerate(graph.edges) if edge.faults]
    styles = [f"    classDef broken {_BROKEN}", f"    class {','.join(nodes)} broken"]
    return [*(styles if nodes else []), *_link_style(edges)]


def _link_style(edges: list[str]) -> list[str]:
    return [f"    linkStyle {','.join(edges)} {_BROKEN}"] if edges else []
