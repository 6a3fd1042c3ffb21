"""What Docker's DNS knows at a moment: the services that run, and their addresses on loopback."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from patcher.errors import UserError

_FIRST: Final = 10
_LAST: Final = 254


@dataclass
class Block:
    """A network of loopback addresses, 127.x.y.0/24, of one lab alone.

    It is chosen by chance, so that two labs on one machine do not meet.
    """

    prefix: str = field(
        default_factory=lambda: f"127.{1 + secrets.randbelow(254)}.{secrets.randbelow(255)}."
    )
    _next: int = _FIRST

    @property
    def nginx(self) -> str:
        """The address that nginx listens on."""
        return f"{self.prefix}1"

    @property
    def dns(self) -> str:
        """The address of the name servers."""
        return f"{self.prefix}2"

    @property
    def nobody(self) -> str:
        """An address where nothing ever listens."""
        return f"{self.prefix}3"

    def take(self) -> str:
        """Return an address that nobody has had; raises UserError where none is left."""
        if self._next > _LAST:
            todo = f"it has {_LAST - _FIRST + 1} addresses, and a restart takes a new one for each"
            raise UserError("the DNS lab has no room for so many services", todo=todo)
        self._next += 1
        return f"{self.prefix}{self._next - 1}"


@dataclass
class Zone:
    """The running services by name, each with its address; `service_of` maps a host to a service.

    Docker's DNS answers service names, container names and aliases, and drops the names of a
    service that does not run (https://docs.docker.com/engine/network/#dns-services).
    """

    service_of: Callable[[str], str | None]
    addresses: dict[str, str] = field(default_factory=dict)

    def address(self, host: str) -> str | None:
        """Return the address of a host, None where there is no such name now."""
        service = self.service_of(host)
        return None if service is None else self.addresses.get(service)
