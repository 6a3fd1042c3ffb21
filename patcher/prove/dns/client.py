"""One request to the lab's nginx, and what came back."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from typing import Final

from patcher.prove.dns.config import PLACE
from patcher.prove.dns.places import Door
from patcher.prove.dns.stand_in import MARK

_PATIENCE: Final = 10


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: its status (0 for none), the location that gave it, and whether a service did."""

    status: int
    place: int | None
    answered: bool


NONE: Final = Answer(0, None, answered=False)


def trusting() -> ssl.SSLContext:
    """Return the TLS of a client that takes any certificate: those of the lab are stand-ins."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def ask(address: str, door: Door, path: str, tls: ssl.SSLContext) -> Answer:
    """Send one request and return the answer; NONE where there is none within 10 seconds."""
    try:
        async with asyncio.timeout(_PATIENCE):
            return _read(await _exchange(address, door, path, tls))
    except (OSError, EOFError, TimeoutError, ValueError, asyncio.LimitOverrunError):
        return NONE


async def _exchange(address: str, door: Door, path: str, tls: ssl.SSLContext) -> bytes:
    context, name = (tls, door.host) if door.tls else (None, None)
    reader, writer = await asyncio.open_connection(
        address, door.port, ssl=context, server_hostname=name
    )
    try:
        head = f"GET {path} HTTP/1.1\r\nHost: {door.host}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode("ascii"))
        return await reader.readuntil(b"\r\n\r\n")
    finally:
        writer.close()


def _read(data: bytes) -> Answer:
    first, *lines = data.decode("latin-1").split("\r\n")
    headers = {
        name.lower(): value.strip() for name, _, value in (one.partition(":") for one in lines)
    }
    place = headers.get(PLACE.lower())
    words = first.split(" ")
    status = int(words[1]) if len(words) > 1 else 0
    return Answer(status, int(place) if place else None, MARK.lower() in headers)
