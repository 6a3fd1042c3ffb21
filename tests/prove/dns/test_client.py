"""Requests whose answer is none, or odd."""

from __future__ import annotations

import asyncio

import pytest

from patcher.prove.dns.client import NONE, Answer, ask, trusting
from patcher.prove.dns.places import Door


async def _asked(reply: bytes | None) -> Answer:
    """Ask a server that says `reply` and hangs up; nobody listens where it is None."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(reply or b"")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    door = Door(server.sockets[0].getsockname()[1], tls=False, host="a.example")
    if reply is None:
        server.close()
        await server.wait_closed()
    try:
        return await ask("127.0.0.1", door, "/", trusting())
    finally:
        server.close()


@pytest.mark.parametrize(
    "reply",
    [None, b"", b"HTTP/1.1 200 OK\r\n", b"what?\r\n\r\n", b"HTTP/1.1 ok ok\r\n\r\n", b"x" * 99999],
)
def test_no_answer(reply: bytes | None) -> None:
    answer = asyncio.run(_asked(reply))
    assert (answer.status, answer.answered) == (0, False)
    assert answer == NONE


@pytest.mark.parametrize(
    ("headers", "answer"),
    [
        (b"", Answer(502, None, answered=False)),
        (b"X-HANNA-FIX-PLACE: 7\r\n", Answer(502, 7, answered=False)),
        (b"X-Hanna-Fix-Stand-In: 1\r\nX-Hanna-Fix-Place:7\r\n", Answer(502, 7, answered=True)),
    ],
)
def test_answers(headers: bytes, answer: Answer) -> None:
    assert asyncio.run(_asked(b"HTTP/1.1 502 Bad\r\n" + headers + b"\r\n")) == answer
