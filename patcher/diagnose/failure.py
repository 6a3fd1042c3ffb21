"""What an nginx error line tells of a failed request, and the groups that such lines fall into."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

from patcher.records import dataclass

MAX_GROUPS: Final = 1000
"""Names in a log may come from clients (`proxy_pass http://$host`), so they must not fill memory"""


class Kind(StrEnum):
    """What failed. The values are part of the JSON format."""

    NOT_RESOLVED = "not-resolved"
    NO_RESOLVER = "no-resolver"
    RESOLVER_UNREACHABLE = "resolver-unreachable"
    NOT_FOUND_AT_START = "not-found-at-start"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    CONNECT_TIMEOUT = "connect-timeout"
    CONNECT_FAILED = "connect-failed"
    ANSWER_TIMEOUT = "answer-timeout"
    CLOSED = "closed"
    NO_LIVE_UPSTREAMS = "no-live-upstreams"


@dataclass(frozen=True, slots=True)
class Subject:
    """What failed where: lines with one subject are one group.

    `code` and `reason` are nginx's or the system's, `host` a name or an address in lower case,
    empty where the line does not tell it. `server` is the server block's name, `place` the file
    and line of a configuration inside the container. `is_ocsp` tells a lookup for stapling.
    """

    kind: Kind
    host: str
    port: int | None = None
    code: int | None = None
    reason: str = ""
    server: str = ""
    place: str = ""
    is_ocsp: bool = False

    @property
    def address(self) -> str:
        """The host, with its port where that is known."""
        return self.host if self.port is None else f"{self.host}:{self.port}"

    @property
    def is_group(self) -> bool:
        """Whether the host is the name of an upstream group."""
        at_start = self.kind is Kind.NO_RESOLVER and bool(self.place)
        return at_start or self.kind is Kind.NO_LIVE_UPSTREAMS


class Failure(NamedTuple):
    """One line: its subject, and nginx's local time (`2025/11/21 11:12:43`), empty without one."""

    subject: Subject
    time: str


@dataclass(slots=True)
class Group:
    """The failures of one subject, and the first and the last time (empty: not told).

    `dated` lines have a time, `bare` ones do not.
    """

    subject: Subject
    first: str = ""
    last: str = ""
    dated: int = 0
    bare: int = 0

    @property
    def count(self) -> int:
        """How many failures there were.

        What stops nginx at start is written to its log and, without a time, to standard error.
        """
        return max(self.dated, self.bare)

    def add(self, time: str, count: int) -> None:
        """Count lines of one time; nginx's times sort as text."""
        if not time:
            self.bare += count
            return
        self.dated += count
        self.last = max(self.last, time)
        self.first = min(self.first or time, time)


class Groups:
    """Failures counted by subject, at most MAX_GROUPS of them; the others are only counted."""

    def __init__(self) -> None:
        self._groups: dict[Subject, Group] = {}
        self.others = 0

    def add(self, failure: Failure, count: int = 1) -> int:
        """Count lines that tell a failure; return how many failures more that makes."""
        subject, time = failure
        group = self._groups.get(subject)
        if group is None:
            if len(self._groups) >= MAX_GROUPS:
                self.others += count
                return count
            group = self._groups[subject] = Group(subject)
        before = group.count
        group.add(time, count)
        return group.count - before

    def sorted(self) -> list[Group]:
        """Return the groups, the most frequent first, then by time and subject."""
        return sorted(
            self._groups.values(),
            key=lambda one: (-one.count, one.first, one.subject.kind, one.subject.address),
        )

    @property
    def total(self) -> int:
        """How many failures were counted."""
        return sum(one.count for one in self._groups.values()) + self.others
