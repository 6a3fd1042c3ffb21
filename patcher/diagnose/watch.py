"""Watching failures as they come."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType

from patcher.diagnose.blocks import failures
from patcher.diagnose.failure import Failure, Groups
from patcher.diagnose.limits import Alarm


def watch(
    blocks: Iterable[bytes],
    groups: Groups,
    alarm: Alarm | None,
    show: Callable[[Failure], None],
) -> bool:
    """Count and show failures; return True once there are too many.

    False where the blocks end, or SIGINT or SIGTERM comes.
    """
    try:
        with _ended_by_sigterm():
            for block in blocks:
                for failure in failures(block):
                    if not groups.add(failure):
                        continue
                    show(failure)
                    if alarm is not None and alarm.add(time.monotonic()):
                        return True
    except KeyboardInterrupt:
        pass
    return False


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Let SIGTERM end what Ctrl-C ends; outside of the main thread signals do not arrive."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
