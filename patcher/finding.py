"""What a rule says: findings with a place and a remedy, which is a fix or why there is none."""

from __future__ import annotations

import hashlib
from enum import Enum, IntEnum

from patcher.records import dataclass
from patcher.text import Edit, Route, Source, Span


class Severity(IntEnum):
    """How bad a finding is; ordered."""

    INFO = 1
    WARNING = 2
    ERROR = 3


class Safety(IntEnum):
    """How sure a fix is; ordered. Unsure means UNSAFE.

    DISPLAY: needs a value that only the operator knows; shown, never written.
    UNSAFE: valid, but behaviour may change beyond the finding; written with `--unsafe` only.
    SAFE: the documented remedy with its preconditions checked; a stack that works today works
    after the next `docker compose up -d`.
    """

    DISPLAY = 1
    UNSAFE = 2
    SAFE = 3


class Fixable(Enum):
    """What a rule promises about the fixes of its findings."""

    NEVER = "never"
    SOMETIMES = "sometimes"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file: its path, line and column (from 1, in characters), span, and model route.

    `route` is what the fingerprint is made of, so that it stays the same when lines move.
    """

    path: str
    line: int
    column: int
    span: Span
    route: Route

    @classmethod
    def of(cls, source: Source, span: Span, route: Route) -> Location:
        """Return the location of `span` in `source`."""
        line, column = source.line_column(span.start)
        return cls(source.path, line, column, span, route)


@dataclass(frozen=True, slots=True)
class Fix:
    """A proven-or-not-at-all change. May span files; is applied whole or not at all.

    `title` says what the fix does in the imperative, `next_up` what the next `docker compose up -d`
    will do because of it. `why` is required unless the fix is SAFE: what may change besides.
    """

    title: str
    edits: tuple[Edit, ...]
    next_up: str
    safety: Safety = Safety.SAFE
    why: str = ""


@dataclass(frozen=True, slots=True)
class NoFix:
    """No fix is possible: the reason, and what to do by hand."""

    reason: str
    by_hand: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault at one place. `where[0]` is the primary location, the others are related.

    `message` names the fault in one sentence; `evidence` is one line of facts read from the files.
    """

    rule: str
    severity: Severity
    message: str
    evidence: str
    where: tuple[Location, ...]
    remedy: Fix | NoFix

    @property
    def fingerprint(self) -> str:
        """Identify the finding by rule, path and route: stable when lines move."""
        place = self.where[0]
        return digest(self.rule, place.path, *map(str, place.route))[:16]


def digest(*parts: str) -> str:
    """Return the SHA-256 of some texts, in hexadecimal: what fingerprints are made of."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
