"""nginx's error lines, counted by kind."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

_LEVEL: Final = re.compile(r"\[(?:error|crit|alert|emerg)\] ")
_KINDS: Final = (
    re.compile(r"could not be resolved \(\d+: [A-Za-z ]{1,40}\)"),
    re.compile(r"no resolver defined to resolve"),
    re.compile(r"connect\(\) failed \(\d+: [A-Za-z ]{1,40}\)"),
    re.compile(r"upstream timed out \(\d+: [A-Za-z ]{1,40}\)"),
    re.compile(r"no live upstreams"),
    re.compile(r"upstream prematurely closed connection"),
    re.compile(r"auth request unexpected status: \d+"),
    re.compile(r"host not found in upstream"),
)
_OTHER: Final = "other errors"


def kinds(log: str) -> Counter[str]:
    """Return how often each kind of error is in a log, in nginx's own words."""
    return Counter(_kind(line) for line in log.splitlines() if _LEVEL.search(line))


def _kind(line: str) -> str:
    found = (kind.search(line) for kind in _KINDS)
    return next((one[0] for one in found if one is not None), _OTHER)
