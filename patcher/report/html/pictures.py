"""The pictures of a stack with their words: legend, bounds, and a table that says the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from patcher.finding import Finding
from patcher.report.html.markup import EMPTY, Html, join, prose, tag
from patcher.report.html.svg import svg
from patcher.report.picture.fault import Faults
from patcher.report.picture.graph import Graph, Node, bounded
from patcher.report.picture.graphs import alone, lookup_graph, start_graph
from patcher.report.picture.lookups import Lookup, lookups
from patcher.report.picture.start_order import StartOrder, Wait, start_order
from patcher.report.text import count
from patcher.stack.stack import Stack

MOST_NODES: Final = 60
MOST_EDGES: Final = 300
MOST_ROWS: Final = 500
"""How much a picture, and the table below it, hold; those with faults come first."""

_Rows = list[tuple[tuple[str, ...], Faults]]


@dataclass(frozen=True, slots=True)
class State:
    """A stack at one time: what that time is called, and the findings that hold for it."""

    name: str
    stack: Stack
    findings: tuple[Finding, ...]


def pictures(states: Sequence[State], prefix: str) -> Html:
    """Return both pictures at each time; `prefix` begins the ids."""
    orders = [start_order(one.stack, one.findings) for one in states]
    ways = [lookups(one.stack, one.findings) for one in states]
    names = [one.name for one in states]
    return join(
        [
            tag("h4", "Start order: who waits for whom"),
            tag("p", "An arrow leads from what is waited for to what waits."),
            _legend("start", bool(any(one.waits for one in orders))),
            _figures(names, [_start_figure(one) for one in orders], f"{prefix}start"),
            tag("h4", "Lookups: how nginx finds what it hands requests to"),
            tag("p", "From nginx over the name servers that it asks to services and networks."),
            _legend("lookup", any(ways)),
            _figures(names, [_lookup_figure(one) for one in ways], f"{prefix}lookup"),
        ]
    )


@dataclass(frozen=True, slots=True)
class _Figure:
    graph: Graph
    empty: str
    broken: int
    counted: str
    head: tuple[str, ...]
    rows: _Rows
    words: str = ""


def _start_figure(order: StartOrder) -> _Figure:
    rows: _Rows = [
        ((wait.service, wait.target, wait.condition.value), wait.faults) for wait in order.waits
    ]
    rows += [
        ((one.name, "", "runs once" if one.is_job else ""), one.faults)
        for one in order.services
        if one.faults
    ]
    names = alone(order)
    words = f"Waits for nothing, and nothing waits for it: {_listed(names)}." if names else ""
    broken = sum(map(_is_broken, order.waits))
    head = ("Service", "waits for", "until it is", "What is wrong")
    return _Figure(
        start_graph(order), "No service waits for another.", broken, "wait", head, rows, words
    )


def _is_broken(wait: Wait) -> bool:
    return wait.broken


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return ", ".join(f"`{name}`" for name in names[:12]) + more


def _lookup_figure(ways: Sequence[Lookup]) -> _Figure:
    rows: _Rows = [(_lookup_row(one), one.every_fault) for one in ways]
    broken = sum(one.broken for one in ways)
    head = ("nginx", "hands requests to", "looked up", "through", "service", "networks")
    empty = "No nginx of this stack hands requests to a host."
    return _Figure(lookup_graph(ways), empty, broken, "lookup", (*head, "What is wrong"), rows)


def _lookup_row(one: Lookup) -> tuple[str, ...]:
    host = one.host if one.port is None else f"{one.host}:{one.port}"
    servers = [server.address for server in one.resolver.servers] if one.resolver else []
    through = " ".join([*servers, one.resolver.words]) if one.resolver else "no resolver"
    if one.resolver is None and not one.no_resolver:
        through = ""
    networks = ", ".join(on.key if on.shared else f"{on.key} (nginx is not)" for on in one.networks)
    return one.nginx, f"{host} ({one.place})", one.when.value, through, one.service, networks


def _figures(names: Sequence[str], figures: Sequence[_Figure], prefix: str) -> Html:
    parts = []
    known: Mapping[str, Node] = {}
    for number, (name, one) in enumerate(zip(names, figures, strict=True)):
        parts.append(_figure(name, one, f"{prefix}{number}", known))
        known = {node.id: node for node in one.graph.nodes}
    return join(parts)


def _figure(name: str, figure: _Figure, prefix: str, known: Mapping[str, Node]) -> Html:
    graph = bounded(figure.graph, MOST_NODES, MOST_EDGES)
    state = f"{count(figure.broken, figure.counted)} broken" if figure.broken else "nothing broken"
    looks = "bad" if figure.broken else "good"
    caption = tag("figcaption", tag("b", name), " ", tag("span", state, class_=f"chip {looks}"))
    if not graph.nodes:
        return tag("figure", caption, tag("p", figure.empty), _words(figure.words))
    drawn = svg(graph, f"{name}: {state}", f"{prefix}-table", known)
    return tag(
        "figure",
        caption,
        tag("div", drawn, class_="scroll", tabindex=0, role="group", aria_label=f"Picture, {name}"),
        _left_out(figure.graph, graph),
        _words(figure.words),
        _table(figure, f"{prefix}-table", name),
    )


def _words(text: str) -> Html:
    return tag("p", prose(text), class_="aside") if text else EMPTY


def _left_out(whole: Graph, drawn: Graph) -> Html:
    nodes, edges = len(whole.nodes) - len(drawn.nodes), len(whole.edges) - len(drawn.edges)
    if not nodes and not edges:
        return EMPTY
    text = f"Cut: {count(nodes, 'box', 'boxes')} and {count(edges, 'line')} are not drawn; those with faults are drawn first, and the table goes on."
    return tag("p", text, class_="cut")


def _table(figure: _Figure, name: str, when: str) -> Html:
    head = tag("tr", join([tag("th", one, scope="col") for one in figure.head]))
    ranked = sorted(figure.rows, key=lambda row: not row[1])
    rows = [_table_row(cells, faults) for cells, faults in ranked[:MOST_ROWS]]
    more = len(ranked) - MOST_ROWS
    cut = tag("p", f"{count(more, 'further row')} left out", class_="cut") if more > 0 else EMPTY
    table = tag(
        "table",
        tag("caption", when, class_="sr"),
        tag("thead", head),
        tag("tbody", join(rows)),
        class_="list",
    )
    summary = tag("summary", tag("span", f"The same as a table ({count(len(ranked), 'row')})"))
    scroll = tag("div", table, class_="scroll", tabindex=0, role="group", aria_label="Table")
    return tag("details", summary, scroll, cut, id=name, class_="table")


def _table_row(cells: tuple[str, ...], faults: Faults) -> Html:
    told = [tag("div", tag("code", one.rule), " ", prose(one.message)) for one in faults]
    texts = [tag("td", one) for one in cells]
    return tag("tr", join(texts), tag("td", join(told)), class_="broken" if faults else None)


_LEGENDS: Final = {
    "start": (
        ("healthy", "waits until it is healthy"),
        ("completed", "waits until it has ended well"),
        ("started", "waits for its start only"),
        ("missing broken", "does not wait, and needs it"),
    ),
    "lookup": (("way", "asks, or leads to"), ("apart", "nginx is not on this network")),
}


def _legend(kind: str, wanted: bool) -> Html:
    if not wanted:
        return EMPTY
    entries = [_entry(look, text) for look, text in _LEGENDS[kind]]
    entries.append(_entry("way broken", "broken: the table says why"))
    return tag("ul", join(entries), class_="legend")


def _entry(look: str, text: str) -> Html:
    line = tag("path", d="M2 7L30 7", class_="line")
    head = tag("path", d="M38 7L30 3L30 11Z", class_="head")
    edge = tag("g", line, head, class_=f"edge {look}")
    return tag("li", tag("svg", edge, width=40, height=14, aria_hidden="true"), " ", text)
