"""One line of an nginx error log, in whatever it is wrapped: what failed, if it tells a failure.

Only the head of a line is believed: a request line or a referrer may hold any text, also a made-up
message.
"""

from __future__ import annotations

import json
from typing import Final

from patcher.diagnose.failure import Failure
from patcher.diagnose.messages import OF_NAMES, OF_UPSTREAMS, subject_of
from patcher.patterns import regex

NEEDLES: Final = (b"resolv", b"upstream")
"""Every line that tells a failure holds one of these."""

MAX_LINE: Final = 65_536
"""Bytes of a line that are read; nginx cuts its own at 2,048 (NGX_MAX_ERROR_STR)."""

# where the message stands in what Docker's json-file driver, journalctl and log shippers write
_MEMBERS: Final = ("log", "message", "msg", "MESSAGE", "line")

_COLOR: Final = rb"(?:\x1b\[[0-9;]*m)*"
_PREFIX: Final = (
    _COLOR
    # `docker compose logs` puts the container's name before each line
    + rb"(?:[A-Za-z0-9][\w.-]{0,127} +\| ?)?"
    + _COLOR
    # with --timestamps
    + rb" ?(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d) )?"
    # syslog (RFC 3164)
    + rb"(?:(?:<\d{1,3}>)?[A-Z][a-z][a-z] [ \d]\d \d\d:\d\d:\d\d (?:[\w.-]{1,255} )?"
    + rb"[\w./-]{1,127}(?:\[\d{1,10}\])?: )?"
)
# the second form has no time: nginx says so on standard error why it does not start
_HEAD: Final = (
    rb"(?:(\d{4}/\d\d/\d\d \d\d:\d\d:\d\d) \[[a-z]+\] \d+#\d+: (?:\*\d+ )?"
    rb"|nginx: \[[a-z]+\] )"
)
# in the order in which nginx writes them; a request with more blanks than it has is not believed
_FIELDS: Final = (
    rb"[^,\n]{0,200}(?:, client: [^,\n]*)?(?:, server: ([^,\n]*))?"
    rb'(?:, request: "[^ "\n]+ [^ \n]+ HTTP/[\d.]+")?(?:, subrequest: "[^"\n]*")?'
    rb'(?:, upstream: "(?:[a-z]+://)?(\[[0-9a-fA-F:.]+\]|unix:[^:"\n]*|[^:/"\n]{1,255})'
    rb'(?::(\d{1,5}))?[/:"])?'
)
_OCSP: Final = rb"( while requesting certificate status)?"
_LINE: Final = regex(
    # most lines have no prefix: to see that at once saves time
    b"(?:(?:(?=\\d{4}/)|%b)%b(?:(%b)%b|(%b)%b)|%b(\\{[^\n]*))?[^\n]*\n?"
    % (_PREFIX, _HEAD, OF_NAMES, _OCSP, OF_UPSTREAMS, _FIELDS, _PREFIX)
)

Found = tuple[bytes, bytes, bytes, bytes, bytes, bytes, bytes, bytes]
"""What stands in one line, empty where it does not.

Its time; a message about a name, and whether a certificate is the reason; a message about an
upstream, with its server, host and port; or a JSON object.
"""


def found(text: bytes) -> list[Found]:
    """Return what stands in each line of a text; any bytes may come."""
    return _LINE.findall(text)


def failure_of(one: Found) -> Failure | None:
    """Return the failure that a line tells; None where it tells none."""
    if one[-1]:
        one = found(_unwrapped(one[-1]))[0]
    time, of_name, ocsp, of_upstream, server, host, port, _ = one
    message = of_name or of_upstream
    if not message:
        return None
    return Failure(subject_of(message, ocsp, server, host, port), time.decode())


def _unwrapped(line: bytes) -> bytes:
    """Return the message of a JSON object; empty where there is none."""
    try:
        data = json.loads(line[:MAX_LINE])
    except (ValueError, RecursionError):
        return b""
    if not isinstance(data, dict):
        return b""
    texts = (data[name] for name in _MEMBERS if isinstance(data.get(name), str))
    return next(texts, "").encode("utf-8", "replace")
