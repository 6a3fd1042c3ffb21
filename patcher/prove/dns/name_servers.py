"""Name servers on loopback: one that answers like Docker's, and one that knows no name."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from dnslib import QTYPE, RCODE, RR, A, DNSError, DNSRecord

from patcher.prove.dns.zone import Zone

DOCKER_TTL: Final = 600
"""Seconds; what Docker's DNS gives with every answer."""

Answer = Callable[[DNSRecord], DNSRecord]


def like_docker(zone: Zone, ttl: int) -> Answer:
    """Return what answers for the services that run, with `ttl` seconds; NXDOMAIN for the rest.

    A service has IPv4 addresses alone: a question for another type gets an answer without records.
    """

    def answer(question: DNSRecord) -> DNSRecord:
        reply = question.reply()
        address = zone.address(str(question.q.qname).rstrip("."))
        if address is None:
            reply.header.rcode = RCODE.NXDOMAIN
        elif question.q.qtype == QTYPE.A:
            reply.add_answer(RR(question.q.qname, QTYPE.A, rdata=A(address), ttl=ttl))
        return reply

    return answer


def nxdomain(question: DNSRecord) -> DNSRecord:
    """Answer as a public name server answers for `backend`: there is no such name."""
    reply = question.reply()
    reply.header.rcode = RCODE.NXDOMAIN
    return reply


class _Protocol(asyncio.DatagramProtocol):
    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.transport: asyncio.DatagramTransport | None = None

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        try:
            reply = self._answer(DNSRecord.parse(data))
        except DNSError:
            return
        if self.transport is not None:
            self.transport.sendto(reply.pack(), addr)


@asynccontextmanager
async def name_server(address: str, answer: Answer) -> AsyncIterator[int]:
    """Answer questions over UDP at an address, on a free port, which is what is given."""
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(
        lambda: _Protocol(answer), local_addr=(address, 0)
    )
    protocol.transport = transport
    try:
        yield int(transport.get_extra_info("sockname")[1])
    finally:
        transport.close()
