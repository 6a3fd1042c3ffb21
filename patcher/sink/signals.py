"""Signals that ask the program to end wait until the step at hand is done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

_ASKING: Final = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]


@contextmanager
def deferred() -> Iterator[Callable[[], None]]:
    """Hold SIGINT, SIGTERM and SIGHUP back; the function given raises KeyboardInterrupt for them.

    An exception at any instruction would leave the writing in a state that nobody knows; at a
    call of that function it can be undone. A signal that was ignored stays so. Outside of the
    main thread nothing is held back, because signals do not arrive there.
    """
    arrived: list[int] = []

    def stop() -> None:
        if arrived:
            raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    handlers = {one: signal.getsignal(one) for one in _ASKING}
    held = {one: old for one, old in handlers.items() if old not in (None, signal.SIG_IGN)}
    for one in held:
        signal.signal(one, lambda number, _: arrived.append(number))
    try:
        yield stop
    finally:
        for one, old in held.items():
            signal.signal(one, old)
