"""The name servers, asked over UDP."""

from __future__ import annotations

import asyncio

import pytest
from dnslib import QTYPE, RCODE, DNSRecord

from patcher.errors import UserError
from patcher.prove.dns.name_servers import Answer, like_docker, name_server, nxdomain
from patcher.prove.dns.zone import Block, Zone

ZONE = Zone({"backend": "backend", "app_1": "backend", "db": "db"}.get, {"backend": "127.9.9.10"})


class Client(asyncio.DatagramProtocol):
    """Keeps the first datagram that arrives."""

    def __init__(self) -> None:
        self.received: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, _: tuple[str, int]) -> None:
        self.received.set_result(data)


async def _asked(answer: Answer, *questions: bytes) -> bytes:
    loop = asyncio.get_running_loop()
    async with name_server("127.0.0.1", answer) as port:
        transport, client = await loop.create_datagram_endpoint(
            Client, remote_addr=("127.0.0.1", port)
        )
        for question in questions:
            transport.sendto(question)
        async with asyncio.timeout(10):
            data = await client.received
        transport.close()
        return data


def asked(answer: Answer, name: str, kind: str = "A") -> DNSRecord:
    """Return the answer to one question; a datagram of rubbish goes before it."""
    question = DNSRecord.question(name, kind).pack()
    return DNSRecord.parse(asyncio.run(_asked(answer, b"rubbish", question)))


@pytest.mark.parametrize("name", ["backend", "app_1"])
def test_a_service_that_runs(name: str) -> None:
    reply = asked(like_docker(ZONE, 60), name)
    assert reply.header.rcode == RCODE.NOERROR
    assert [(str(one.rdata), one.ttl) for one in reply.rr] == [("127.9.9.10", 60)]


def test_no_ipv6() -> None:
    reply = asked(like_docker(ZONE, 60), "backend", "AAAA")
    assert (reply.header.rcode, reply.rr) == (RCODE.NOERROR, [])


@pytest.mark.parametrize("name", ["db", "nobody", "backend.example.com"])
def test_a_service_that_does_not_run_and_other_names(name: str) -> None:
    assert asked(like_docker(ZONE, 60), name).header.rcode == RCODE.NXDOMAIN


@pytest.mark.parametrize("kind", ["A", "AAAA"])
def test_a_public_server_knows_no_service(kind: str) -> None:
    reply = asked(nxdomain, "backend", kind)
    assert reply.header.rcode == RCODE.NXDOMAIN
    assert QTYPE.get(reply.q.qtype) == kind


def test_addresses_are_never_given_twice() -> None:
    block = Block()
    taken = [block.take() for _ in range(245)]
    assert len({*taken, block.nginx, block.dns, block.nobody}) == 248
    assert all(one.startswith("127.") for one in taken)
    with pytest.raises(UserError, match="no room for so many services"):
        block.take()
