"""What stands for the hosts of pass directives in the lab's configuration.

Ports below 1024 need privileges, so they are moved (targets.py): in every text that nginx may make
a host of, `frontend:80` becomes `frontend:20080`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from patcher.prove.dns.targets import TARGET, Targets, lab_port
from patcher.prove.dns.zone import Zone
from patcher.stack.nginx.scopes import Placed
from patcher.stack.nginx.variables import expanded

# makes a label of more than 63 characters, which has no place in a DNS message (RFC 1035, section
# 2.3.4): no resolver can ask anybody for such a name
_UNASKABLE: Final = ".hanna-fix-" + "x" * 64
_DEFAULT_PORTS: Final = {"http": 80, "https": 443, "grpc": 80, "grpcs": 443}
_PORT: Final = re.compile(r"[0-9]{1,5}")
_BARE_VARIABLE: Final = re.compile(r"(?P<scheme>https?)://(?P<name>\$\w+|\$\{\w+\})(?P<rest>/.*)?")


def original(said: str) -> str:
    """Return nginx's words with the hosts that Docker's DNS did not know as they are written."""
    return said.replace(_UNASKABLE, "")


@dataclass(frozen=True)
class Hosts:
    """Texts with hosts, as the lab has them at one moment; `nobody` is where nothing listens."""

    targets: Targets
    zone: Zone
    nobody: str

    def literal(self, text: str, *, is_passed: bool) -> str:
        """Return a host that nginx looks up at start, with its scheme, port and path.

        A group of servers stays; what is no service of the stack leads to where nothing listens.
        """
        match = TARGET.fullmatch(text)
        if match is None or text.startswith("unix:") or match["rest"].startswith(":"):
            return f"{_scheme_of(text)}{self.nobody}:9"
        host, scheme = match["host"], match["scheme"]
        if is_passed and match["port"] is None and host.lower() in self.targets.groups:
            return text
        port = int(match["port"] or _DEFAULT_PORTS.get(scheme or "", 80))
        before = f"{scheme}://" if scheme else ""
        return f"{before}{self._at_start(host)}:{lab_port(port)}{match['rest']}"

    def _at_start(self, host: str) -> str:
        if host.lower() not in self.targets.hosts:
            return self.nobody
        return self.zone.address(host) or f"{host}{_UNASKABLE}"

    def server(self, text: str) -> str:
        """Return the name and port of an upstream's server that is looked up at run time."""
        host, _, port = text.partition(":")
        return f"{host}:{lab_port(int(port) if port.isdigit() else 80)}"

    def passed(self, placed: Placed, text: str) -> str:
        """Return the argument of a pass directive that nginx makes up for each request.

        The port that a bare `http://$name` leaves out is added, where it never names a group.
        """
        match = _BARE_VARIABLE.fullmatch(text)
        if match is None or not self._is_bare(placed):
            return self.made_up(text)
        port = lab_port(_DEFAULT_PORTS[match["scheme"]])
        return f"{match['scheme']}://{match['name']}:{port}{match['rest'] or ''}"

    def _is_bare(self, placed: Placed) -> bool:
        texts = expanded(placed.args[0], placed.scope, self.targets.nginx.environment)
        matches = [TARGET.fullmatch(text) for text in texts]
        return all(
            one is not None and one["port"] is None and one["host"].lower() in self.targets.hosts
            and one["host"].lower() not in self.targets.groups
            for one in matches
        )  # fmt: skip

    def value(self, variable: str, text: str) -> str:
        """Return what a variable is set to: a port moved, where it is one of a pass directive."""
        if _PORT.fullmatch(text) and variable.lower() in self.targets.port_variables:
            return str(lab_port(int(text)))
        return self.made_up(text)

    def made_up(self, text: str) -> str:
        """Return a text that nginx may make a host of, with the ports and known hosts replaced."""
        return self._host.sub(self._replaced, text) if self.targets.hosts else text

    @cached_property
    def _host(self) -> re.Pattern[str]:
        names = "|".join(sorted(map(re.escape, self.targets.hosts), key=len, reverse=True))
        scheme = r"(?P<scheme>\w+://)?"
        rest = r"(?::(?P<port>\d{1,5})(?!\d)|(?![\w.:-]))"
        return re.compile(rf"(?<![\w.$-]){scheme}(?P<host>{names}){rest}", re.IGNORECASE)

    def _replaced(self, match: re.Match[str]) -> str:
        host, scheme = match["host"], match["scheme"] or ""
        said = match["port"]
        default = _DEFAULT_PORTS.get(scheme.removesuffix("://").lower())
        port = int(said) if said else default
        if port is None or (said is None and host.lower() in self.targets.groups):
            return match[0]
        if (host.lower(), port) in self.targets.known:
            host = self._at_start(host)
        return f"{scheme}{host}:{lab_port(port)}"


def _scheme_of(text: str) -> str:
    scheme, mark, _ = text.partition("://")
    return f"{scheme}{mark}" if mark and scheme.isalpha() else ""
