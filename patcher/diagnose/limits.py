"""How much is too much: failures for the alarm, lines for the screen, and since when they count."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import field
from datetime import UTC, datetime, timedelta
from typing import Final

from patcher.errors import UserError
from patcher.patterns import regex
from patcher.records import dataclass

_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_AGO: Final = regex(r"(\d{1,6})([smhd])", re.ASCII)
_TIME: Final = regex(r"\d{4}([/-])\d\d\1\d\d[ T]\d\d:\d\d(?::\d\d)?", re.ASCII)
_FORMAT: Final = "%Y/%m/%d %H:%M:%S"


class Alarm:
    """Goes off at more than `limit` failures: ever, or within `window` seconds."""

    def __init__(self, limit: int, window: float | None) -> None:
        self._window = window
        self._times: deque[float] = deque(maxlen=limit + 1)

    def add(self, now: float) -> bool:
        """Count one failure at `now`, in seconds; tell whether that is too many."""
        self._times.append(now)
        if len(self._times) < (self._times.maxlen or 0):
            return False
        return self._window is None or now - self._times[0] <= self._window


@dataclass(slots=True)
class Throttle:
    """Lets `limit` lines a second pass; `left_out` counts the others until somebody tells it."""

    limit: int
    left_out: int = 0
    _second: int = field(default=-1, repr=False)
    _passed: int = field(default=0, repr=False)

    def passes(self, now: float) -> bool:
        """Tell whether a line at `now`, in seconds, is within the limit."""
        if int(now) != self._second:
            self._second, self._passed = int(now), 0
        if self._passed >= self.limit:
            self.left_out += 1
            return False
        self._passed += 1
        return True

    def told(self) -> int:
        """Return how many lines were left out since the last time, to be told now."""
        count, self.left_out = self.left_out, 0
        return count


def since(text: str, now: datetime | None = None) -> str:
    """Return an nginx time to begin at: `10m` before now in UTC, or a time as the log has it.

    The official nginx image runs in UTC. Raises UserError for what is neither.
    """
    if match := _AGO.fullmatch(text):
        ago = timedelta(seconds=int(match[1]) * _UNITS[match[2]])
        try:
            return ((now or datetime.now(UTC)) - ago).strftime(_FORMAT)
        except OverflowError:
            return ""
    if _TIME.fullmatch(text):
        return text.replace("-", "/").replace("T", " ")
    todo = "give 30s, 10m, 2h or 1d, or a time such as '2025/11/21 11:00:00'"
    raise UserError(f"--since does not understand {text!r}", todo=todo)
