"""nginx's messages of failed lookups and failed upstreams, and what each is about.

The wording is that of nginx's sources: ngx_http_upstream.c, ngx_stream_proxy_module.c,
ngx_event_openssl_stapling.c, ngx_resolver.c (`ngx_resolver_strerror`) and ngx_log.c. The system's
errors are told by their number (Linux), because C libraries word them differently: 113 is `No route
to host`, or `Host is unreachable` on Alpine.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Final

from patcher.diagnose.failure import Kind, Subject
from patcher.records import dataclass

# each about 1 KB at most, as everything that is matched is bounded
_REMEMBERED: Final = 4096

_ERROR: Final = rb"\((\d{1,5}): ([^)\n]{0,80})\)"
_SETTING: Final = rb"in ([^\s\"]{1,500}:\d{1,9})"
_BY_ERROR: Final = {
    101: Kind.UNREACHABLE,
    110: Kind.CONNECT_TIMEOUT,
    111: Kind.REFUSED,
    113: Kind.UNREACHABLE,
}


@dataclass(frozen=True, slots=True)
class _Told:
    """What the fields behind a message say: the server block, and the upstream's address."""

    server: str
    host: str
    port: int | None


def _connect(found: tuple[str, ...], told: _Told) -> Subject:
    address, code, reason = found
    kind = _BY_ERROR.get(int(code), Kind.CONNECT_FAILED)
    host = told.host or address
    return Subject(kind, host, told.port, int(code), reason, told.server)


def _late(found: tuple[str, ...], told: _Told) -> Subject:
    code, reason, doing = found
    kind = Kind.CONNECT_TIMEOUT if doing == "connecting" else Kind.ANSWER_TIMEOUT
    return Subject(kind, told.host, told.port, int(code), reason, told.server)


def _closed(_found: tuple[str, ...], told: _Told) -> Subject:
    return Subject(Kind.CLOSED, told.host, told.port, server=told.server)


def _no_live(_found: tuple[str, ...], told: _Told) -> Subject:
    return Subject(Kind.NO_LIVE_UPSTREAMS, told.host, told.port, server=told.server)


def _no_resolver(found: tuple[str, ...], _: _Told) -> Subject:
    return Subject(Kind.NO_RESOLVER, found[0])


def _no_resolver_at_start(found: tuple[str, ...], _: _Told) -> Subject:
    return Subject(Kind.NO_RESOLVER, found[0], place=found[1])


def _asking(found: tuple[str, ...], _: _Told) -> Subject:
    code, reason, server = found
    host, port = server.rsplit(":", 1)
    return Subject(Kind.RESOLVER_UNREACHABLE, host, int(port), int(code), reason)


def _at_start(found: tuple[str, ...], _: _Told) -> Subject:
    host, port, place = found
    return Subject(Kind.NOT_FOUND_AT_START, host, int(port) if port else None, place=place)


def _not_resolved(found: tuple[str, ...], _: _Told) -> Subject:
    host, code, reason = found
    return Subject(Kind.NOT_RESOLVED, host, None, int(code), reason)


_Reader = Callable[[tuple[str, ...], _Told], Subject]
_Readers = tuple[tuple[bytes, _Reader], ...]

_OF_NAMES: Final[_Readers] = (
    (rb"([^\s\"]{1,255}) could not be resolved " + _ERROR, _not_resolved),
    (
        rb"no resolver defined to resolve names at run time in upstream \"([^\s\"]{1,255})\" "
        + _SETTING,
        _no_resolver_at_start,
    ),
    (rb"no resolver defined to resolve ([^\s\",]{1,255})", _no_resolver),
    (
        rb"(?:recv|send|connect)\(\) failed "
        + _ERROR
        + rb" while resolving[^\n]{0,99}, resolver: ([^\s,]{1,255}:\d{1,5})",
        _asking,
    ),
    (
        rb"host not found in upstream \"([^\s\":]{1,255})(?::(\d{1,5}))?[^\"\n]{0,500}\" "
        + _SETTING,
        _at_start,
    ),
)
_OF_UPSTREAMS: Final[_Readers] = (
    (rb"connect\(\)(?: to (\S{1,255}))? failed " + _ERROR + rb" while connecting to up", _connect),
    (rb"upstream timed out " + _ERROR + rb" while ([A-Za-z]{1,20})", _late),
    (rb"upstream prematurely closed (?:connection|FastCGI|stream)", _closed),
    (rb"recv\(\) failed \(104: [^)\n]{0,80}\) while reading [a-z ]{0,40}upstream", _closed),
    (rb"no live upstreams", _no_live),
)
_COMPILED: Final = [
    (re.compile(pattern), reader) for pattern, reader in (*_OF_NAMES, *_OF_UPSTREAMS)
]


def _any_of(readers: _Readers) -> bytes:
    return b"|".join(re.sub(rb"(?<!\\)\((?!\?)", b"(?:", pattern) for pattern, _ in readers)


OF_NAMES: Final = _any_of(_OF_NAMES)
"""The pattern of messages about names, as much as `subject_of` reads of them; without groups."""

OF_UPSTREAMS: Final = _any_of(_OF_UPSTREAMS)
"""The same of messages that leave it to the fields behind them which upstream it is about."""


@lru_cache(_REMEMBERED)
def subject_of(message: bytes, ocsp: bytes, server: bytes, host: bytes, port: bytes) -> Subject:
    """Return what a message is about, with the fields behind it, each empty where it is not there.

    `server` is the server block's name, `host` and `port` the upstream's; with `ocsp` the lookup
    was for a certificate's status.
    """
    matches = ((pattern.fullmatch(message), reader) for pattern, reader in _COMPILED)
    match, reader = next((found, reader) for found, reader in matches if found)
    told = _Told(_text(server), _text(host), int(port) if port else None)
    subject = reader(tuple(map(_text, match.groups(b""))), told)
    name = subject.host
    # names compare without case and final dot, a socket's path does not
    known = name if name.startswith("unix:") else name.lower().rstrip(".")
    return replace(subject, host=known, is_ocsp=bool(ocsp))


def _text(word: bytes) -> str:
    return word.decode("utf-8", "replace")
