"""The port a service is certain to listen on, by the strength of what says so.

The operator's settings win. Then comes what nginx asks; then the command's own words; then what the
image exposes, but only where the command is the image's own or a server that is known: a worker
shares the image, and its EXPOSE, with the server. Then `expose` and `ports`, then the family's
default.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from patcher.patterns import regex
from patcher.stack.image.listening import Listener, listeners, port_of, runs_jobs, simple_commands
from patcher.stack.image.probes import Family, ImageFacts, NoProbe

_REACHABLE: Final = frozenset([None, "", "0.0.0.0", "0", "*", "+", "127.0.0.1", "localhost"])  # noqa: S104 - compared, not bound
_LISTEN: Final = regex(r"(?:^|[;{}])[ \t]*listen[ \t]+(?:[^\s;#]*:)?([0-9]+)[\s;]", re.MULTILINE)
_BY_HAND: Final = "add a health check that asks the right port, or tell the port with `expose`"


def listening_port(facts: ImageFacts, family: Family) -> int | NoProbe:
    """Return the one TCP port that answers on 127.0.0.1 or the container's address, or why none."""
    if facts.told_port is not None:
        return facts.told_port
    servers = listeners(facts.command, facts.variables)
    port = _proxied(facts, servers) or _told(facts, family, servers)
    if isinstance(port, int):
        for server in servers:
            if server.host not in _REACHABLE and server.port in (port, None):
                reason = f"{server.program} listens on one address only"
                return NoProbe(reason, "add a health check that asks this address")
    return port


def _proxied(facts: ImageFacts, servers: tuple[Listener, ...]) -> int | NoProbe | None:
    """Choose among the ports that nginx asks; None where it asks none."""
    asked = set(facts.proxied_ports)
    if not asked:
        return None
    told = {server.port for server in servers if server.port}
    if told and not told & asked:
        reason = f"nginx asks port {_list(asked)}, and the command listens on {_list(told)}"
        return NoProbe(reason, "make both name one port")
    if not told and runs_jobs(facts.command):
        return _no_port()
    for known in (told, set(_exposed(facts)), set(facts.container_ports)):
        asked = asked & known or asked
    return _only(asked)


def _told(facts: ImageFacts, family: Family, servers: tuple[Listener, ...]) -> int | NoProbe:
    if not servers and runs_jobs(facts.command):
        return _no_port()
    if any(not server.readable for server in servers):
        reason = "its command takes the port from something that is not known here"
        return NoProbe(reason, _BY_HAND)
    known = bool(servers) or is_own_command(facts)
    moved = [facts.variables[name] for name in family.port_variables if name in facts.variables]
    for ports in (
        {server.port for server in servers if server.port},
        {_moved(value) for value in moved},
        _configured(facts, family),
        set(_exposed(facts)) if known else set(),
        set(facts.container_ports),
        set(family.ports) if known else set(),
    ):
        if ports:
            return _only(set(family.ports) & ports or ports)
    return NoProbe("nothing tells which port it listens on", _BY_HAND)


def _configured(facts: ImageFacts, family: Family) -> set[int]:
    """Return the ports that an nginx configuration listens on, if possible those also published."""
    text = facts.config_text if family.name == "nginx" else None
    ports = {int(port) for port in _LISTEN.findall(text or "") if port_of(port)}
    return ports & set(facts.container_ports) or ports


def _moved(value: str | None) -> int | None:
    """Return the port that a variable holds: a number, or the end of one URL."""
    text = (value or "").rstrip("/")
    return None if ";" in text else port_of(text.rpartition(":")[2])


def _exposed(facts: ImageFacts) -> tuple[int, ...]:
    return facts.stage.expose if facts.stage else ()


def _only(ports: Iterable[int | None]) -> int | NoProbe:
    """Return the port where there is one only, and it is known."""
    found = set(ports)
    if None in found:
        return NoProbe("its port is set to something that is not known here", _BY_HAND)
    if len(found) > 1:
        return NoProbe(f"it may listen on any of the ports {_list(found)}", _BY_HAND)
    return found.pop() or NoProbe("its port is 0", _BY_HAND)


def _no_port() -> NoProbe:
    return NoProbe(
        "its command is a worker or a management command, which listens on no port",
        "wait for it with `service_started`, or, where it ends by itself, with "
        "`service_completed_successfully`",
    )


def _list(ports: Iterable[int | None]) -> str:
    return ", ".join(str(port) for port in sorted(port or 0 for port in ports))


def is_own_command(facts: ImageFacts) -> bool:
    """Tell whether the container runs the image's own command, if with further options."""
    stage = facts.stage
    written = [] if stage is None else [one for one in (stage.entrypoint, stage.cmd) if one]
    words = tuple(
        word for one in written for word in (*(() if one.exec else ("sh", "-c")), *one.words)
    )
    if not facts.command or facts.command[0].startswith("-"):
        return True
    return simple_commands(facts.command) == simple_commands(words)
