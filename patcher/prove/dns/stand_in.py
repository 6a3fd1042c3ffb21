"""Stand-ins for the services: each accepts connections at its ports and answers 200 at once.

A connection tells by its first bytes which protocol nginx speaks: HTTP, FastCGI
(https://fastcgi-archives.github.io/FastCGI_Specification.html, section 3.3), uwsgi or SCGI.
"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from patcher.prove.dns.zone import Block, Zone

MARK: Final = "X-Hanna-Fix-Stand-In"
"""The header of an answer that tells it from nginx's own."""

_HEADERS: Final = f"{MARK}: 1\r\nContent-Length: 0\r\n".encode()
_HTTP: Final = b"HTTP/1.1 200 OK\r\nConnection: close\r\n" + _HEADERS + b"\r\n"
_CGI: Final = b"Status: 200 OK\r\n" + _HEADERS + b"\r\n"
# version 1, a type (6 is STDOUT, 3 is END_REQUEST), request 1 as nginx numbers it, length, padding
_FASTCGI: Final = (
    b"\x01\x06\x00\x01" + len(_CGI).to_bytes(2, "big") + b"\0\0" + _CGI
    + b"\x01\x03\x00\x01\x00\x08\0\0" + bytes(8)
)  # fmt: skip
_LIMIT: Final = 65536
_PATIENCE: Final = 5


def reply_to(received: bytes) -> bytes:
    """Return the answer in the protocol that a request begins with; empty where it is unknown."""
    if received.startswith(b"\x01\x01"):
        return _FASTCGI
    if received[:1].isdigit():
        return _CGI
    is_grpc = received.startswith(b"PRI ")
    return b"" if is_grpc else _HTTP  # uwsgi takes HTTP for an answer


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError, TimeoutError, ssl.SSLError):
        async with asyncio.timeout(_PATIENCE):
            writer.write(reply_to(await reader.read(_LIMIT)))
            await writer.drain()
    writer.close()


@dataclass
class StandIns:
    """The stand-ins of a lab. `ports` are those of each service, True where nginx speaks TLS."""

    zone: Zone
    block: Block
    ports: dict[str, dict[int, bool]]
    tls: ssl.SSLContext
    _open: list[asyncio.Server] = field(default_factory=list)

    async def up(self) -> None:
        """Start every service at an address that it never had."""
        for service, ports in self.ports.items():
            address = self.block.take()
            for port, is_tls in ports.items():
                context = self.tls if is_tls else None
                server = await asyncio.start_server(_serve, address, port, ssl=context)
                self._open.append(server)
            self.zone.addresses[service] = address

    async def down(self) -> None:
        """Stop all services: nobody listens, and no name server knows them."""
        self.zone.addresses.clear()
        for server in self._open:
            server.close()
        self._open.clear()

    async def move(self) -> None:
        """Restart all services, each with a new address."""
        await self.down()
        await self.up()
