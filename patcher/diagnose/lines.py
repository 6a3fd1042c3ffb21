"""One line of an nginx error log, in whatever it is wrapped: what failed, if it tells a failure.

Only the head of a line is believed: a request line or a referrer may hold any text, also a made-up
message.
"""

from __future__ import annotations

import json
import re
from typing import Final

from patcher.diagnose.failure import Failure
from patcher.diagnose.messages import MESSAGE, subject_of

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
    rb"(?:(?P<time>\d{4}/\d\d/\d\d \d\d:\d\d:\d\d) \[[a-z]+\] \d+#\d+: (?:\*\d+ )?"
    rb"|nginx: \[[a-z]+\] )"
)
# in the order in which nginx writes them; a request with more blanks than it has is not believed
_FIELDS: Final = (
    rb"(?P<ocsp> while requesting certificate status)?"
    rb"[^,\n]{0,200}(?:, client: [^,\n]*)?(?:, server: (?P<server>[^,\n]*))?"
    rb'(?:, request: "[^ "\n]+ [^ \n]+ HTTP/[\d.]+")?(?:, subrequest: "[^"\n]*")?'
    rb'(?:, upstream: "(?:[a-z]+://)?(?P<host>\[[0-9a-fA-F:.]+\]|unix:[^:"\n]*|[^:/"\n]{1,255})'
    rb'(?::(?P<port>\d{1,5}))?[/:"])?'
)
_LINE: Final = re.compile(_PREFIX + _HEAD + rb"(?P<message>" + MESSAGE + rb")" + _FIELDS)
_FOUND: Final = ("time", "message", "server", "host", "port", "ocsp")
_WRAPPED: Final = re.compile(_PREFIX + rb"(?=\{)")


def read_line(block: bytes, start: int = 0) -> Failure | None:
    """Return what the line of `block` that begins at `start` tells of a failure.

    None where it tells none. Any bytes may come; MAX_LINE of them are read.
    """
    found = _LINE.match(block, start, start + MAX_LINE)
    if found is None:
        inner = _unwrapped(block, start)
        found = None if inner is None else _LINE.match(inner)
        if found is None:
            return None
    time, *what = found.group(*_FOUND)
    return Failure(subject_of(*what), time.decode() if time else "")


def _unwrapped(block: bytes, start: int) -> bytes | None:
    """Return the message of a line that is a JSON object; None where there is none."""
    prefix = _WRAPPED.match(block, start, start + MAX_LINE)
    if prefix is None:
        return None
    line = block[prefix.end() : start + MAX_LINE].partition(b"\n")[0]
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    found = (data[name] for name in _MEMBERS if isinstance(data.get(name), str))
    text = next(found, None)
    return None if text is None else text.encode("utf-8", "replace")
