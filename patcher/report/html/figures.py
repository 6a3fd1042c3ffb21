"""What each picture of the page holds: a graph, and rows that say the same in words."""

from __future__ import annotations

from collections.abc import Sequence

from patcher.records import dataclass
from patcher.report.picture.fault import Faults
from patcher.report.picture.graph import Graph
from patcher.report.picture.graphs import alone, lookup_graph, start_graph
from patcher.report.picture.lookups import Lookup
from patcher.report.picture.start_order import StartOrder
from patcher.report.text import count


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: its cells, and what is wrong."""

    cells: tuple[str, ...]
    faults: Faults = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """One picture at one time.

    `state` says in short what is broken, empty for nothing; `head` names the columns of `rows`,
    `words` is what the picture leaves out, `empty` what stands in its place where it is empty.
    """

    graph: Graph
    state: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    empty: str
    words: str = ""


def start_figure(order: StartOrder) -> Figure:
    """Return the figure of a start order."""
    waits = [Row((one.service, one.target, one.condition.value), one.faults) for one in order.waits]
    faulty = [one for one in order.services if one.faults]
    services = [Row((one.name, "", ""), one.faults) for one in faulty]
    broken = sum(one.broken for one in order.waits)
    parts = [f"{count(broken, 'wait')} broken"] if broken else []
    parts += [f"{count(len(faulty), 'service')} with a fault"] if faulty else []
    names = alone(order)
    return Figure(
        start_graph(order),
        ", ".join(parts),
        ("Service", "Waits for", "Until", "What is wrong"),
        (*waits, *services),
        "No service waits for another.",
        f"Waits for nothing, and nothing waits for it: {_listed(names)}." if names else "",
    )


def lookup_figure(ways: Sequence[Lookup]) -> Figure:
    """Return the figure of an nginx's lookups."""
    broken = sum(one.broken for one in ways)
    names = ("nginx", "Hands requests to", "Looked up", "Through", "Service", "Networks")
    return Figure(
        lookup_graph(ways),
        f"{count(broken, 'lookup')} broken" if broken else "",
        (*names, "What is wrong"),
        tuple(Row(_cells(one), one.every_fault) for one in ways),
        "No nginx file that could be read hands requests to a host.",
    )


def _cells(one: Lookup) -> tuple[str, ...]:
    host = one.host if one.port is None else f"{one.host}:{one.port}"
    networks = (on.key if on.shared else f"{on.key} (nginx is not on it)" for on in one.networks)
    target = f"{host} ({one.place})"
    return one.nginx, target, one.when.value, _through(one), one.service, ", ".join(networks)


def _through(one: Lookup) -> str:
    if one.resolver is None:
        return "no resolver" if one.no_resolver else ""
    servers = (server.address for server in one.resolver.servers)
    return f"{' '.join([*servers, one.resolver.words])} ({one.resolver.place})"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return ", ".join(f"`{name}`" for name in names[:12]) + more
