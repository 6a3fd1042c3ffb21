"""What `diagnose` is asked for, checked before anything is read."""

from __future__ import annotations

import sys
from typing import Final

from patcher.errors import UserError
from patcher.records import dataclass

STDIN: Final = "-"
"""The name of standard input among the logs."""


@dataclass(frozen=True, slots=True)
class Request:
    """What `diagnose` is asked for.

    `logs` are paths, `-` is standard input. More failures than `limit` are too many; None is any,
    and does not end `follow`. `window` is in seconds, `rate` in lines a second.
    """

    logs: tuple[str, ...]
    live: bool = False
    since: str | None = None
    follow: bool = False
    limit: int | None = None
    window: float | None = None
    rate: int = 10

    def checked(self) -> Request:
        """Return the request; raises UserError where parts of it do not go together."""
        if STDIN in self.logs and (sys.stdin is None or sys.stdin.isatty()):
            todo = "give the path of an nginx error log, or pipe one in"
            raise UserError("there is no log on standard input", todo=todo)
        if self.logs.count(STDIN) > 1:
            raise UserError("standard input can be read once", todo="give `-` once")
        if self.follow:
            return self._checked_to_follow()
        if self.window is not None:
            todo = "use --since to leave older lines out"
            raise UserError("--window goes with --follow", todo=todo)
        return self

    def _checked_to_follow(self) -> Request:
        if STDIN in self.logs and len(self.logs) > 1:
            raise UserError("--follow reads files or standard input, not both", todo="choose one")
        if self.since is not None:
            raise UserError("--since does not go with --follow", todo="new lines are followed only")
        if self.window is not None and self.limit is None:
            raise UserError("--window needs --max-failures", todo="say how many are too many")
        return self
