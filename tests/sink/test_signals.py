from __future__ import annotations

import signal
import threading

import pytest

from patcher.sink.signals import deferred


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_waits_until_it_is_asked_for(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with deferred() as stop:
        stop()
        signal.raise_signal(number)
        with pytest.raises(KeyboardInterrupt):
            stop()
    assert signal.getsignal(number) is before


def test_one_that_nobody_asks_for_ends_with_the_work() -> None:
    with deferred():
        signal.raise_signal(signal.SIGTERM)


def test_an_ignored_signal_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with deferred() as stop:
            signal.raise_signal(signal.SIGHUP)
            stop()
    finally:
        signal.signal(signal.SIGHUP, before)


def test_outside_of_the_main_thread_nothing_is_held_back() -> None:
    done: list[bool] = []

    def work() -> None:
        with deferred() as stop:
            stop()
        done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]
