"""One line: every kind of failure, every wrapping, and nothing that a client makes up."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patcher.diagnose.failure import Failure, Kind, Subject
from patcher.diagnose.lines import NEEDLES, failure_of, found

TIME = "2025/11/21 11:12:43"
HEAD = f"{TIME} [error] 22#22: *42 "
CLIENT = ', client: 172.20.0.1, server: shop, request: "GET /a HTTP/1.1"'
LINE = f"{HEAD}backend could not be resolved (3: Host not found){CLIENT}"
BACKEND = Subject(Kind.NOT_RESOLVED, "backend", None, 3, "Host not found")


def read_line(line: bytes) -> Failure | None:
    return failure_of(found(line)[0])


def upstream(url: str) -> str:
    return f'{CLIENT}, upstream: "{url}", host: "shop.example"'


def told(message: str) -> Subject | None:
    found = read_line(f"{HEAD}{message}".encode())
    return None if found is None else found.subject


KINDS = [
    ("backend could not be resolved (3: Host not found)", BACKEND),
    (f"Backend. could not be resolved (3: Host not found){CLIENT}", BACKEND),
    (
        "r3.o.lencr.org could not be resolved (2: Server failure) while requesting certificate "
        'status, responder: r3.o.lencr.org, certificate: "/etc/x.pem"',
        Subject(Kind.NOT_RESOLVED, "r3.o.lencr.org", None, 2, "Server failure", is_ocsp=True),
    ),
    (f"no resolver defined to resolve api{CLIENT}", Subject(Kind.NO_RESOLVER, "api")),
    (
        'no resolver defined to resolve names at run time in upstream "group" in /etc/n.conf:7',
        Subject(Kind.NO_RESOLVER, "group", place="/etc/n.conf:7"),
    ),
    (
        "send() failed (111: Connection refused) while resolving, resolver: 127.0.0.11:53",
        Subject(Kind.RESOLVER_UNREACHABLE, "127.0.0.11", 53, 111, "Connection refused"),
    ),
    (
        "recv() failed (111: Connection refused) while resolving, resolver: [::1]:53",
        Subject(Kind.RESOLVER_UNREACHABLE, "[::1]", 53, 111, "Connection refused"),
    ),
    (
        'host not found in upstream "backend:8000" in /etc/nginx/conf.d/default.conf:98',
        Subject(
            Kind.NOT_FOUND_AT_START, "backend", 8000, place="/etc/nginx/conf.d/default.conf:98"
        ),
    ),
    (
        'host not found in upstream "backend" in /etc/nginx/nginx.conf:5',
        Subject(Kind.NOT_FOUND_AT_START, "backend", place="/etc/nginx/nginx.conf:5"),
    ),
    (
        "connect() failed (111: Connection refused) while connecting to upstream"
        + upstream("http://172.20.0.4:8000/admin/"),
        Subject(Kind.REFUSED, "172.20.0.4", 8000, 111, "Connection refused", "shop"),
    ),
    (
        "connect() failed (113: Host is unreachable) while connecting to upstream"
        + upstream("http://172.20.0.4:8000/"),
        Subject(Kind.UNREACHABLE, "172.20.0.4", 8000, 113, "Host is unreachable", "shop"),
    ),
    (
        "connect() to [fd00::5]:9000 failed (101: Network unreachable) while connecting to upstream"
        + upstream("http://[fd00::5]:9000/"),
        Subject(Kind.UNREACHABLE, "[fd00::5]", 9000, 101, "Network unreachable", "shop"),
    ),
    (
        "connect() to unix:/Run/a.sock failed (2: No such file or directory) while connecting to "
        "upstream" + upstream("http://unix:/Run/a.sock:/"),
        Subject(
            Kind.CONNECT_FAILED, "unix:/Run/a.sock", None, 2, "No such file or directory", "shop"
        ),
    ),
    (
        "upstream timed out (110: Operation timed out) while connecting to upstream"
        + upstream("fastcgi://10.0.0.7:9000"),
        Subject(Kind.CONNECT_TIMEOUT, "10.0.0.7", 9000, 110, "Operation timed out", "shop"),
    ),
    (
        "upstream timed out (110: Operation timed out) while reading response header from upstream"
        + upstream("http://10.0.0.7:80/"),
        Subject(Kind.ANSWER_TIMEOUT, "10.0.0.7", 80, 110, "Operation timed out", "shop"),
    ),
    (
        "upstream prematurely closed connection while reading response header from upstream"
        + upstream("http://10.0.0.7:80/"),
        Subject(Kind.CLOSED, "10.0.0.7", 80, server="shop"),
    ),
    (
        "recv() failed (104: Connection reset by peer) while reading response header from upstream"
        + upstream("http://10.0.0.7:80/"),
        Subject(Kind.CLOSED, "10.0.0.7", 80, server="shop"),
    ),
    (
        "no live upstreams while connecting to upstream" + upstream("http://Group/a"),
        Subject(Kind.NO_LIVE_UPSTREAMS, "group", server="shop"),
    ),
    (  # of stream
        "connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.1"
        ', server: 0.0.0.0:5432, upstream: "172.20.0.9:5432", bytes from/to client:0/0',
        Subject(Kind.REFUSED, "172.20.0.9", 5432, 111, "Connection refused", "0.0.0.0:5432"),
    ),
    (  # cut at 2,048 bytes before the upstream
        "connect() failed (111: Connection refused) while connecting to upstream" + CLIENT[:60],
        Subject(Kind.REFUSED, "", None, 111, "Connection refused", "shop"),
    ),
]


@pytest.mark.parametrize(("message", "subject"), KINDS, ids=lambda one: str(one)[:40])
def test_every_kind(message: str, subject: Subject) -> None:
    assert told(message) == subject
    assert any(needle in message.encode() for needle in NEEDLES)


def test_every_kind_is_tried() -> None:
    assert {subject.kind for _, subject in KINDS} == set(Kind)


WRAPPED = {
    "plain": LINE,
    "crlf": LINE + "\r",
    "compose": f"nginx-1  | {LINE}",
    "compose, container_name": f"crm_nginx       | {LINE}",
    "colours": f"\x1b[36mnginx-1  | \x1b[0m{LINE}",
    "colours before the blank": f"\x1b[36;1mnginx-1  |\x1b[0m {LINE}",
    "timestamps": f"nginx-1  | 2025-11-21T11:12:43.123456789Z {LINE}",
    "docker logs --timestamps": f"2025-11-21T11:12:43.123456789+02:00 {LINE}",
    "syslog": f"<187>Nov 21 11:12:43 host nginx: {LINE}",
    "journal": f"Nov  1 11:12:43 host 3f2a91c0d1e2[812]: {LINE}",
    "json-file": json.dumps({"log": LINE + "\n", "stream": "stderr", "time": "2025-11-21T11:12Z"}),
    "json, message": json.dumps({"level": "info", "message": LINE}),
    "json behind a prefix": "nginx-1  | " + json.dumps({"msg": LINE}),
    "compose inside of json": json.dumps({"log": f"nginx-1  | {LINE}"}),
}


@pytest.mark.parametrize("line", WRAPPED.values(), ids=WRAPPED)
def test_every_wrapping(line: str) -> None:
    assert read_line(line.encode()) == Failure(BACKEND, TIME)


def test_standard_error_has_no_time() -> None:
    line = b'nginx: [emerg] host not found in upstream "api" in /etc/nginx/nginx.conf:5'
    found = read_line(line)
    assert found is not None
    assert (found.time, found.subject.kind) == ("", Kind.NOT_FOUND_AT_START)


FORGED = [
    # a client's words further behind
    f'{HEAD}open() "/x" failed (2: No such file or directory){CLIENT}, referrer: "{LINE}"',
    f'172.20.0.1 - - [21/Nov/2025] "GET / HTTP/1.1" 200 5 "-" "{LINE}"',
    f'{HEAD}client sent invalid header: "backend could not be resolved (3: Host not found)"',
    # what is no failure, or no line of nginx
    f"{HEAD}an upstream response is buffered to a temporary file /x while reading upstream",
    "backend could not be resolved (3: Host not found)",
    "2025/11/21 11:12:43 backend could not be resolved (3: Host not found)",
    '{"log": ["could not be resolved"]}',
    '{"log": "could not be resolved',
    '["could not be resolved"]',
    "{" * 60_000 + "could not be resolved",
    '{"log":' * 9_000 + "could not be resolved",
    '{"log": ' + "9" * 60_000 + "}",
    "",
]


@pytest.mark.parametrize("line", FORGED, ids=range(len(FORGED)))
def test_only_nginx_messages_are_believed(line: str) -> None:
    assert read_line(line.encode()) is None


def test_a_made_up_upstream_in_a_request_or_referrer_is_not_believed() -> None:
    message = "connect() failed (111: Connection refused) while connecting to upstream"
    real, fake = 'upstream: "http://172.20.0.4:8000/"', 'upstream: "http://evil:1/"'
    request = ', client: 1.2.3.4, server: shop, request: "GET /", {} HTTP/1.1"'
    found = told(f"{message}{request.format(fake)}, {real}")
    assert found is not None
    assert found.host == ""
    found = told(f'{message}{CLIENT}, {real}, host: "x", referrer: "a", {fake}')
    assert found is not None
    assert found.address == "172.20.0.4:8000"


def test_bytes_that_are_no_text_do_not_stop_it() -> None:
    found = read_line(HEAD.encode() + b"\xff\xfe\x00 could not be resolved (3: Host not found)")
    assert found is not None
    assert found.subject.host == "\ufffd\ufffd\x00"


def test_a_line_ends_where_it_ends() -> None:
    text = f"{HEAD}backend\n{LINE}\n\n{LINE}".encode()
    assert [failure_of(one) for one in found(text)][:4] == [
        None,
        Failure(BACKEND, TIME),
        None,
        Failure(BACKEND, TIME),
    ]


@given(st.binary(max_size=200))
def test_any_bytes_may_come(data: bytes) -> None:
    read_line(data)
    read_line(HEAD.encode() + data)
    read_line(HEAD.encode() + b"connect() failed (111: x) while connecting to upstream" + data)
