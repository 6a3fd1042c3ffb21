"""nginx asks a service for a port that it does not listen on.

## What it finds

A port in `proxy_pass` (or another pass directive) or in an `upstream` block that is none of the
ports of the service that it names. Only where all ports of that service are certain: the command
line of a server that is known (`gunicorn --bind 0.0.0.0:8000`), followed through scripts and
`package.json`; the `listen` directives of another nginx in the project; or the image of a web
server whose settings nothing in the project changes.

It says nothing where anything is unclear: a program or a script that is not known, a port from a
variable without a value, an included file that is not in the project, a service whose network
others use, a name that several services answer to. Nor where `EXPOSE`, `expose` or `ports` names
the port that nginx asks, or where nginx asks the service for a known port, too: the program may
open a second one by itself.

## Why it matters

The connection is refused, and nginx answers every such request with 502. A frequent reason is the
port under which the service is published on the host, which other containers do not see.

## What the fix does on the next `up`

There is no fix: which of the two ports is meant, only the operator knows. The report shows the
known ports and where they come from.

## Fix safety

Nothing is written.

## References

- https://docs.docker.com/compose/how-tos/networking/
- https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass
"""

from __future__ import annotations

from collections.abc import Iterator

from patcher.finding import Finding, Fixable, NoFix, Severity
from patcher.rules.base import Rule
from patcher.stack.compose.service import Service
from patcher.stack.known_ports import KnownPorts, is_declared, is_published_as, known_ports
from patcher.stack.nginx.upstreams import Upstream
from patcher.stack.reach import is_whole, network_owner, own_hosts
from patcher.stack.stack import Stack


def check(stack: Stack) -> Iterator[Finding]:
    """Yield one finding for each port that nginx asks and the service does not listen on."""
    if stack.problems or not is_whole(stack.project):
        return
    found: dict[str, dict[int, list[Upstream]]] = {}
    for upstream in stack.upstreams:
        target = _target(stack, upstream)
        if target is not None and upstream.port:
            asked = found.setdefault(target.name, {})
            asked.setdefault(upstream.port, []).append(upstream)
    for name, asked in found.items():
        service = stack.project.services[name]
        known = known_ports(stack, service)
        if known is None or asked.keys() & set(known.ports):
            continue
        for port, used in asked.items():
            if not is_declared(stack, service, port):
                yield _finding(service, port, known, used)


def _target(stack: Stack, upstream: Upstream) -> Service | None:
    """Return the one service that answers to an upstream's host, None where there may be more."""
    nginx, host = upstream.nginx.service, upstream.host
    owner = network_owner(stack.project, nginx) if nginx is not None else None
    if owner is not None and host.lower() in own_hosts(owner):
        return None
    named = [one for one in stack.project.services.values() if host in one.names]
    target = stack.service_at(upstream)
    if target is None or len(named) != 1 or target in (nginx, owner):
        return None
    return target if target.network_mode is None else None


def _finding(service: Service, port: int, known: KnownPorts, used: list[Upstream]) -> Finding:
    places = {one.placed.key: one.placed.location for one in used}
    more = f" and {len(places) - 1} more like it" if len(places) > 1 else ""
    ports = ", ".join(map(str, known.ports))
    evidence = f"`{used[0].placed.head}`{more}; {known.source} listens on {ports}"
    if is_published_as(service, port):
        evidence += f"; {port} is published on the host, where containers do not look"
    return RULE.finding(
        f"nginx asks `{service.name}` for port {port}, and it listens on {ports}",
        evidence,
        (*places.values(), service.location),
        NoFix(
            "which of the two is meant is not known", f"make both name one port, such as {ports}"
        ),
    )


RULE = Rule.of(__name__, __doc__, Severity.WARNING, Fixable.NEVER, check)
