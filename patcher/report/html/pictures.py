"""The pictures of a stack on the page: legend, drawing, and a table that says the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from patcher.report.html.figures import Figure, Row, lookup_figure, start_figure
from patcher.report.html.markup import EMPTY, Html, join, prose, tag
from patcher.report.html.svg import svg
from patcher.report.moments import Moment
from patcher.report.picture.graph import Graph, Node, bounded, grouped
from patcher.report.picture.lookups import lookups
from patcher.report.picture.start_order import start_order
from patcher.report.text import count

MOST_NODES: Final = 60
MOST_EDGES: Final = 300
"""How much a picture holds; what has faults is drawn first."""

MOST_ROWS: Final = 500
"""How many rows the table below it holds, those with faults first."""

_START: Final = (
    "An arrow leads from what is waited for to what waits. A box with several names stands for "
    "services that wait, and are waited for, alike."
)
_LOOKUPS: Final = (
    "From nginx over the name servers that it asks to the services, and the networks on which "
    "their names are answered."
)
_START_LEGEND: Final = (
    ("healthy", "waits until it is healthy"),
    ("completed", "waits until it has ended well"),
    ("started", "waits for its start only"),
    ("missing broken", "does not wait, and needs it"),
    ("way broken", "broken: the table says why"),
)
_LOOKUP_LEGEND: Final = (
    ("way", "asks, or leads to"),
    ("apart", "nginx is not on this network"),
    ("way broken", "broken: the table says why"),
)


def pictures(moments: Sequence[Moment], prefix: str) -> Html:
    """Return both pictures at each time; `prefix` begins the ids."""
    orders = [start_figure(start_order(one.stack, one.findings)) for one in moments]
    ways = [lookup_figure(lookups(one.stack, one.findings)) for one in moments]
    names = [one.name for one in moments]
    return join(
        [
            tag("h4", "Start order: who waits for whom"),
            _introduction(_START, _START_LEGEND, orders),
            _figures(names, orders, f"{prefix}start"),
            tag("h4", "Lookups: how nginx finds what it hands requests to"),
            _introduction(_LOOKUPS, _LOOKUP_LEGEND, ways),
            _figures(names, ways, f"{prefix}lookup"),
        ]
    )


def _introduction(text: str, legend: Sequence[tuple[str, str]], figures: Sequence[Figure]) -> Html:
    if not any(one.graph.nodes for one in figures):
        return EMPTY
    entries = join([_entry(looks, meaning) for looks, meaning in legend])
    return tag("p", text, class_="aside") + tag("ul", entries, class_="legend")


def _entry(looks: str, text: str) -> Html:
    line = tag("path", d="M2 7L30 7", class_="line")
    head = tag("path", d="M38 7L30 3L30 11Z", class_="head")
    edge = tag("g", line, head, class_=f"edge {looks}")
    return tag("li", tag("svg", edge, width=40, height=14, aria_hidden="true"), " ", text)


def _figures(names: Sequence[str], figures: Sequence[Figure], prefix: str) -> Html:
    """Return a figure for each time; one for all where they are the same."""
    if all(one == figures[0] for one in figures):
        return _figure(" and ".join(names).capitalize(), figures[0], f"{prefix}0", {})
    parts = []
    known: Mapping[str, Node] = {}
    for number, (name, one) in enumerate(zip(names, figures, strict=True)):
        parts.append(_figure(name, one, f"{prefix}{number}", known))
        known = {node.id: node for node in one.graph.nodes}
    return join(parts)


def _figure(name: str, figure: Figure, prefix: str, known: Mapping[str, Node]) -> Html:
    whole = grouped(figure.graph)
    drawn = bounded(whole, MOST_NODES, MOST_EDGES)
    if not drawn.nodes:
        text = tag("p", figure.empty)
        return tag("figure", tag("figcaption", tag("b", name)), text, _words(figure.words))
    state = figure.state or "nothing broken"
    chip = tag("span", state, class_="chip bad" if figure.state else "chip good")
    caption = tag("figcaption", tag("b", name), " ", chip)
    table = f"{prefix}-table"
    picture = svg(drawn, f"{name}: {state}", table, known)
    return tag(
        "figure",
        caption,
        _scrolling(picture, f"Picture, {name}"),
        _left_out(whole, drawn),
        _words(figure.words),
        _table(figure, table, name),
    )


def _scrolling(body: Html, name: str) -> Html:
    """Return what may be wider than the page; keys scroll it once it has the focus."""
    return tag("div", body, class_="scroll", tabindex=0, role="group", aria_label=name)


def _words(text: str) -> Html:
    return tag("p", prose(text), class_="aside") if text else EMPTY


def _left_out(whole: Graph, drawn: Graph) -> Html:
    nodes, edges = len(whole.nodes) - len(drawn.nodes), len(whole.edges) - len(drawn.edges)
    if not nodes and not edges:
        return EMPTY
    cut = f"{count(nodes, 'box', 'boxes')} and {count(edges, 'line')}"
    text = f"The picture is cut: {cut} are not drawn. Those with faults are drawn first."
    return tag("p", text, class_="cut")


def _table(figure: Figure, name: str, when: str) -> Html:
    ranked = sorted(figure.rows, key=lambda row: not row.faults)
    more = len(ranked) - MOST_ROWS
    head = tag("tr", join([tag("th", one, scope="col") for one in figure.head]))
    table = tag(
        "table",
        tag("caption", when, class_="sr"),
        tag("thead", head),
        tag("tbody", join([_row(row) for row in ranked[:MOST_ROWS]])),
        class_="list",
    )
    summary = tag("summary", f"The same as a table ({count(len(ranked), 'row')})")
    cut = tag("p", f"{count(more, 'further row')} left out", class_="cut") if more > 0 else EMPTY
    return tag("details", summary, _scrolling(table, f"Table, {when}"), cut, id=name)


def _row(row: Row) -> Html:
    told = [tag("div", tag("code", one.rule), " ", prose(one.message)) for one in row.faults]
    cells = join([tag("td", one) for one in row.cells])
    return tag("tr", cells, tag("td", join(told)), class_="broken" if row.faults else None)
