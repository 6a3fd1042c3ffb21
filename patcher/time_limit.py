"""A bound on the processor time of the work at hand: one stack, or a piece of a stream."""

from __future__ import annotations

import signal
from typing import Final

from patcher.errors import LimitError

MAX_SECONDS: Final = 600
"""Processor time: what the bounds on the input should never let a stack come near."""


def start() -> None:
    """Begin: LimitError is raised where the work at hand takes longer, on systems with a timer."""
    if hasattr(signal, "setitimer"):  # Windows has none
        signal.signal(signal.SIGVTALRM, _too_long)
        signal.setitimer(signal.ITIMER_VIRTUAL, MAX_SECONDS, 1)


def begin_anew() -> None:
    """Give the next piece of work the whole time again; nothing where no bound was started."""
    if hasattr(signal, "setitimer") and signal.getsignal(signal.SIGVTALRM) is _too_long:
        signal.setitimer(signal.ITIMER_VIRTUAL, MAX_SECONDS, 1)


def _too_long(*_: object) -> None:
    message = f"one stack takes more than {MAX_SECONDS} s of processor time"
    raise LimitError(message, todo="give a smaller one with -f")
