"""The start order and the lookups as graphs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from patcher.report.picture.fault import Faults
from patcher.report.picture.graph import Edge, Graph, Kind, Line, Node
from patcher.report.picture.lookups import Lookup, On, Server, When
from patcher.report.picture.start_order import Condition, Started, StartOrder, Wait

_LINES = {
    Condition.HEALTHY: Line.HEALTHY,
    Condition.COMPLETED: Line.COMPLETED,
    Condition.STARTED: Line.STARTED,
    Condition.NONE: Line.MISSING,
}
_NO_CHECK = "no health check"
_IN_SHORT = {
    "missing-healthcheck": _NO_CHECK,
    "migrations-never-run": "never migrated",
    "migrations-inline": "migrates at each start",
    "command-swallowed": "ends at once",
}
_NGINX, _SERVER, _HOST, _NETWORK = range(4)


def start_graph(order: StartOrder) -> Graph:
    """Return who starts before whom: edges lead from what is waited for to who waits.

    A service that has no part in any wait and no fault is left to the words around the picture.
    """
    ends = {name for wait in order.waits for name in (wait.service, wait.target)}
    known = {one.name for one in order.services}
    nodes = [_service(one) for one in order.services if one.name in ends or one.faults]
    unknown = sorted(ends - known)
    nodes += [Node(name, Kind.HOST, name, "no such service") for name in unknown]
    return Graph(tuple(nodes), tuple(map(_wait, order.waits)))


def alone(order: StartOrder) -> list[str]:
    """Return the services that `start_graph` leaves to the words around the picture."""
    drawn = {node.id for node in start_graph(order).nodes}
    return [one.name for one in order.services if one.name not in drawn]


def _service(one: Started) -> Node:
    if one.is_job:
        return Node(one.name, Kind.JOB, one.name, "runs once", one.faults)
    said = list(dict.fromkeys(_IN_SHORT[fault.rule] for fault in one.faults))
    if not one.reports_health and _NO_CHECK not in said:
        said.append(_NO_CHECK)
    return Node(one.name, Kind.SERVICE, one.name, ", ".join(said) or "reports health", one.faults)


def _wait(wait: Wait) -> Edge:
    return Edge(wait.target, wait.service, _LINES[wait.condition], wait.faults)


def lookup_graph(lookups: Sequence[Lookup]) -> Graph:
    """Return the ways of all lookups in four columns: nginx, name server, service, network."""
    nodes: dict[str, Node] = {}
    edges: dict[tuple[str, str], Edge] = {}
    for lookup in lookups:
        for part in _way(lookup):
            if isinstance(part, Node):
                nodes[part.id] = _merged(nodes.get(part.id), part)
            else:
                key = (part.source, part.target)
                known = edges.get(key)
                edges[key] = part if known is None or part.faults else known
    return Graph(tuple(nodes.values()), tuple(edges.values()))


def _merged(known: Node | None, node: Node) -> Node:
    return node if known is None or node.faults else known


def _way(lookup: Lookup) -> Iterator[Node | Edge]:
    nginx = f"nginx {lookup.nginx}"
    yield Node(nginx, Kind.NGINX, lookup.nginx, column=_NGINX)
    target = _target(lookup)
    yield target
    for server in _servers(lookup):
        yield server
        yield Edge(nginx, server.id, Line.WAY, server.faults)
    for source in _answering(lookup) or [nginx]:
        yield Edge(source, target.id, Line.WAY, (*lookup.no_resolver, *lookup.faults))
    for one in lookup.networks:
        node = _network(one)
        yield node
        yield Edge(target.id, node.id, Line.WAY if one.shared else Line.APART)


def _target(lookup: Lookup) -> Node:
    if lookup.service:
        ports = f"port {lookup.port}" if lookup.port else ""
        also = f"as {lookup.host}" if lookup.host != lookup.service else ""
        note = ", ".join(filter(None, (also, ports)))
        return Node(f"service {lookup.service}", Kind.SERVICE, lookup.service, note, column=_HOST)
    faults: Faults = lookup.faults
    note = "no such name" if faults else "outside of the stack"
    return Node(f"host {lookup.host}", Kind.HOST, lookup.host, note, faults, _HOST)


def _servers(lookup: Lookup) -> list[Node]:
    if lookup.resolver is not None:
        return [_server(lookup, one) for one in lookup.resolver.servers]
    if lookup.when is When.RUN_TIME:
        label = "no resolver" if lookup.no_resolver else "resolver not in the files"
        name = f"{lookup.nginx} {label}"
        return [Node(name, Kind.SERVER, label, "", lookup.no_resolver, _SERVER)]
    if lookup.when is When.START:
        name = f"{lookup.nginx} start"
        return [Node(name, Kind.SERVER, "at start, once", "by the container's DNS", (), _SERVER)]
    return []


def _server(lookup: Lookup, server: Server) -> Node:
    words = lookup.resolver.words if lookup.resolver else ""
    note = words if server.knows else "knows no service" if server.faults else "not Docker's DNS"
    name = f"{lookup.nginx} {server.address}"
    return Node(name, Kind.SERVER, server.address, note, server.faults, _SERVER)


def _answering(lookup: Lookup) -> list[str]:
    """Return the name servers that the way goes on from; where none is right, all of them."""
    servers = _servers(lookup)
    return [one.id for one in servers if not one.faults] or [one.id for one in servers]


def _network(one: On) -> Node:
    note = f"named {one.name}" if one.name else "no name of its own"
    return Node(f"network {one.key}", Kind.NETWORK, one.key, note, column=_NETWORK)
