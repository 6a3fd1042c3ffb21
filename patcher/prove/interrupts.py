"""Signals that end the program at once, but for what must not be left half-way."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Final

_SIGNALS: Final = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]


@dataclass
class _Signals:
    """Signals wait while something is begun or undone, so that nothing is left half-way."""

    held: int = 0
    arrived: bool = False

    def take(self, _number: int, _frame: FrameType | None) -> None:
        """Raise KeyboardInterrupt for a signal, or note it."""
        if not self.held:
            raise KeyboardInterrupt
        self.arrived = True

    @contextmanager
    def held_back(self) -> Iterator[None]:
        """Note signals; raise KeyboardInterrupt for them at the end of the block."""
        self.held += 1
        try:
            yield
        finally:
            self.held -= 1
        if self.arrived and not self.held:
            self.arrived = False
            raise KeyboardInterrupt


_signals: Final = _Signals()

held_back: Final = _signals.held_back


@contextmanager
def interruptible() -> Iterator[None]:
    """Let the signals that ask a program to end raise KeyboardInterrupt.

    One that is ignored, or that somebody else handles, stays as it is.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    usual = (signal.SIG_DFL, signal.default_int_handler)
    taken = {one: old for one in _SIGNALS if (old := signal.getsignal(one)) in usual}
    for one in taken:
        signal.signal(one, _signals.take)
    try:
        yield
    finally:
        for one, old in taken.items():
            signal.signal(one, old)
