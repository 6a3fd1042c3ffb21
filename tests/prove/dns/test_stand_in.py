"""What a stand-in says by the first bytes of a request; the real nginx reads it in test_probe."""

from __future__ import annotations

import pytest

from patcher.prove.dns.stand_in import MARK, reply_to


@pytest.mark.parametrize(
    ("request_", "beginning"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 OK\r\n"),
        (b"\x00\x10\x00\x00", b"HTTP/1.1 200 OK\r\n"),
        (b"70:CONTENT_LENGTH\x000\x00", b"Status: 200 OK\r\n"),
        (b"\x01\x01\x00\x01\x00\x08\x00\x00", b"\x01\x06\x00\x01"),
    ],
    ids=["http", "uwsgi", "scgi", "fastcgi"],
)
def test_protocols(request_: bytes, beginning: bytes) -> None:
    reply = reply_to(request_)
    assert reply.startswith(beginning)
    assert MARK.encode() in reply


def test_what_it_does_not_speak() -> None:
    assert reply_to(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") == b""
