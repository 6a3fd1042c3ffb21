"""A placed graph as inline SVG; colours and line styles come from the page's style sheet."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

from patcher.errors import visible
from patcher.report.html.markup import EMPTY, Html, join, tag
from patcher.report.picture.fault import Faults
from patcher.report.picture.graph import Graph, Kind, Node
from patcher.report.picture.layout import Box, Layout, Path, layout
from patcher.report.picture.words import LINE_HEIGHT, labels, shortened

_HEAD = 8.0
# a picture up to this wide is scaled down to the page; a wider one would be too small to be read
_FITS = 1500
_RADIUS = {Kind.SERVER: 22, Kind.NETWORK: 14}


def svg(graph: Graph, title: str, described_by: str, known: Mapping[str, Node]) -> Html:
    """Draw a graph; `described_by` is the id of the element that says the same in words.

    Nodes that differ from those in `known`, by id, are marked, unless it is empty.
    """
    placed = layout(graph)
    names = {node.id: ", ".join(one.label for one in node.members) for node in graph.nodes}
    lines = sorted(placed.paths, key=lambda one: bool(one.edge.faults))
    return tag(
        "svg",
        join([_line(one, names) for one in lines]),
        join([_box(one, _news(one.node, known)) for one in placed.boxes]),
        role="img",
        aria_label=title,
        aria_describedby=described_by,
        viewBox=_view(placed),
        width=round(placed.width),
        height=round(placed.height),
        class_="large" if placed.width > _FITS else None,
    )


def _view(placed: Layout) -> str:
    return f"0 0 {round(placed.width)} {round(placed.height)}"


def _news(node: Node, known: Mapping[str, Node]) -> str:
    if not known:
        return ""
    before = [known.get(one.id) for one in node.members]
    if None in before:
        return "new"
    same = all(one and one.note == node.note for one in before)
    return "" if same else "changed"


def _box(box: Box, news: str) -> Html:
    node = box.node
    looks = ["node", node.kind.value]
    looks += ["broken"] if node.faults else []
    looks += ["new"] if news else []
    told = ", ".join(one.label for one in node.members) + (f": {node.note}" if node.note else "")
    return tag(
        "g",
        tag("title", _told(told, node.faults)),
        tag(
            "rect",
            x=box.x,
            y=box.y,
            width=box.width,
            height=box.height,
            rx=_RADIUS.get(node.kind, 6),
        ),
        join(_texts(box)),
        _badge(box, news) if news else EMPTY,
        class_=" ".join(looks),
    )


def _texts(box: Box) -> list[Html]:
    """Return the labels, and the note below them, around the middle of a box."""
    x = round(box.x + box.width / 2, 1)
    names = labels(box.node)
    lines = len(names) + bool(box.node.note)
    first = box.y + box.height / 2 - (lines - 1) * LINE_HEIGHT / 2 + 4.5
    texts = [
        tag("text", name, x=x, y=round(first + LINE_HEIGHT * number, 1), class_="label")
        for number, name in enumerate(names)
    ]
    if box.node.note:
        y = round(first + LINE_HEIGHT * len(names) - 1, 1)
        texts.append(tag("text", shortened(box.node.note), x=x, y=y, class_="note"))
    return texts


def _badge(box: Box, text: str) -> Html:
    width = 12 + 7 * len(text)
    x, y = round(box.x + box.width - width + 8, 1), box.y - 8
    return tag(
        "g",
        tag("rect", x=x, y=y, width=width, height=16, rx=8),
        tag("text", text, x=x + width / 2, y=y + 12),
        class_="badge",
    )


def _line(path: Path, names: Mapping[str, str]) -> Html:
    edge = path.edge
    points = path.points
    looks = f"edge {edge.line.value}" + (" broken" if edge.faults else "")
    ends = f"{names[edge.source]} to {names[edge.target]}: {edge.line.value}"
    return tag(
        "g",
        tag("title", _told(ends, edge.faults)),
        tag("path", d=_curve(points, backwards=path.backwards), class_="line"),
        _head(*points[0], turned=True) if path.backwards else _head(*points[-1], turned=False),
        _cross(points) if edge.faults else EMPTY,
        class_=looks,
    )


def _curve(points: tuple[tuple[float, float], ...], *, backwards: bool) -> str:
    """Return a line that is level where it meets boxes and columns."""
    pairs = list(points)
    if backwards:
        pairs[0] = (pairs[0][0] + _HEAD, pairs[0][1])
    else:
        pairs[-1] = (pairs[-1][0] - _HEAD, pairs[-1][1])
    text = f"M{pairs[0][0]:g} {pairs[0][1]:g}"
    for index, ((x1, y1), (x2, y2)) in enumerate(itertools.pairwise(pairs)):
        if index % 2:  # through a column
            text += f"L{x2:g} {y2:g}"
        else:
            middle = round((x1 + x2) / 2, 1)
            text += f"C{middle:g} {y1:g} {middle:g} {y2:g} {x2:g} {y2:g}"
    return text


def _head(x: float, y: float, *, turned: bool) -> Html:
    back = x + _HEAD if turned else x - _HEAD
    return tag("path", d=f"M{x:g} {y:g}L{back:g} {y - 4:g}L{back:g} {y + 4:g}Z", class_="head")


def _cross(points: tuple[tuple[float, float], ...]) -> Html:
    """Mark the middle of an edge's last curve: broken edges are told by more than their colour."""
    (x1, y1), (x2, y2) = points[-2:]
    x, y = round((x1 + x2 - _HEAD) / 2, 1), round((y1 + y2) / 2, 1)
    cross = f"M{x - 4:g} {y - 4:g}l8 8m0 -8l-8 8"
    return tag("circle", cx=x, cy=y, r=7, class_="spot") + tag("path", d=cross, class_="cross")


def _told(text: str, faults: Faults) -> str:
    """Return the words of a tooltip; SVG knows no element that marks hidden characters."""
    return visible("; ".join([text, *(f"{one.rule}: {one.message}" for one in faults)]))
