"""What the real programs say of a set of fixes, where they were asked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Status(Enum):
    """What came of asking a program before and after the fixes.

    REFUTED reaches no report: the fix that causes it is held, and all is asked anew.
    """

    PROVEN = "proven"
    REFUTED = "refuted"
    FAILED_BEFORE = "failed before"
    UNPROVEN = "not proven"


@dataclass(frozen=True, slots=True)
class Statement:
    """What one program says of one thing.

    `program` is `Docker Compose` or `nginx`, `version` empty where none was found. `subject` names
    what it was asked about, a service or a file, empty for the project as a whole. `said` tells
    what was proven, or why not; `notes` what stood in for what is not there.
    """

    program: str
    version: str
    subject: str
    status: Status
    said: str
    notes: tuple[str, ...] = ()

    @property
    def is_proven(self) -> bool:
        """Whether the fixes are proven by it."""
        return self.status is Status.PROVEN

    @property
    def title(self) -> str:
        """The program with its version, and the subject, for people."""
        name = f"{self.program} {self.version}".rstrip()
        return f"{name}, {self.subject}" if self.subject else name


Statements = tuple[Statement, ...]
"""All that was said; nothing where the fixes change nothing that a program reads."""


def lacking(statements: Statements) -> Statements:
    """Return the statements that prove nothing."""
    return tuple(one for one in statements if not one.is_proven)
