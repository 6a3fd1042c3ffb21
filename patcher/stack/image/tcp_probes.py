"""Probes that ask whether a TCP port accepts connections.

Not HTTP: an application may redirect to https, want a login, or refuse the host name of the check
(Django's ALLOWED_HOSTS), and is alive all the same.

Which address: a server bound to every address or to loopback answers on 127.0.0.1. A Next.js
standalone server binds what HOSTNAME says, which Docker sets to the container's name, so it answers
only on the container's own address; that is where nginx asks, too. Docker writes the container's
name to its /etc/hosts. The Python and Node probes try 127.0.0.1 first and the own address too:
each server that another container can reach accepts one of them, also in the network of the host.
Node binds `localhost` to ::1 where IPv6 is on, so its probe tries that name as well. The other
servers bind every address, or say so in words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from patcher.stack.image.ports import listening_port
from patcher.stack.image.probes import Family, ImageFacts, NoProbe, Probe, make_probe, no_program
from patcher.stack.image.reference import Flavour, flavour_of, parse_reference

_PYTHON: Final = (
    "import socket, sys; sys.exit(all(socket.socket().connect_ex((host, {port}))"
    " for host in ('127.0.0.1', socket.gethostname())))"
)
# In words that Node 4 knows.
_NODE: Final = (
    "var net = require('net'), hosts = ['127.0.0.1', 'localhost', require('os').hostname()];"
    " var left = hosts.length; hosts.forEach(function (host) {{"
    " net.connect({port}, host, function () {{ process.exit(0) }})"
    ".on('error', function () {{ if (--left === 0) process.exit(1) }}) }})"
)


def tcp_test(flavour: Flavour, port: int) -> tuple[str, ...]:
    """Return the test for 127.0.0.1 with the program of a flavour (not BARE)."""
    busybox = ("nc", "-z", "127.0.0.1", str(port))
    bash = f": > /dev/tcp/127.0.0.1/{port}"
    if flavour is Flavour.ALPINE:
        return ("CMD", *busybox)
    if flavour is Flavour.BASH:
        return ("CMD", "bash", "-c", bash)
    return ("CMD-SHELL", f"{' '.join(busybox)} || bash -c '{bash}'")


def shell_tcp(facts: ImageFacts, family: Family) -> Probe | NoProbe:
    """Ask the port with busybox or bash, whichever the image has."""
    return _ask(facts, family, lambda flavour, port: tcp_test(flavour, port))


def python_tcp(facts: ImageFacts, family: Family) -> Probe | NoProbe:
    """Ask the port with the image's Python (2.7 or later)."""
    return _ask(facts, family, lambda _, port: ("CMD", "python", "-c", _PYTHON.format(port=port)))


def node_tcp(facts: ImageFacts, family: Family) -> Probe | NoProbe:
    """Ask the port with the image's Node."""
    return _ask(facts, family, lambda _, port: ("CMD", "node", "-e", _NODE.format(port=port)))


def program_and_port(facts: ImageFacts, family: Family) -> tuple[Flavour, int] | NoProbe:
    """Return which programs the image has to ask with, and the port to ask."""
    flavour = flavour_of(parse_reference(facts.image), family.flavour)
    if flavour is Flavour.BARE:
        return no_program(facts)
    port = listening_port(facts, family)
    return port if isinstance(port, NoProbe) else (flavour, port)


def _ask(
    facts: ImageFacts, family: Family, test: Callable[[Flavour, int], tuple[str, ...]]
) -> Probe | NoProbe:
    found = program_and_port(facts, family)
    if isinstance(found, NoProbe):
        return found
    flavour, port = found
    note = f"asks whether port {port} accepts connections"
    return make_probe(family, test(flavour, port), port, note)
