"""The same work on many things, in as many processes as there are processors, in order."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any, Final, TypeVar

from patcher.errors import Bug

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

T = TypeVar("T")
R = TypeVar("R")

# with fewer tasks a process more costs as much as it saves
_MIN_TASKS: Final = 16


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def in_order(call: Callable[[T], R], tasks: Sequence[T], most: int) -> Iterator[Iterator[R]]:
    """Give an iterator over `call(task)` for every task, in order; raises what a call raises.

    Many tasks are shared out among at most `most` processes. Each waits where its results are not
    taken, so that few are held at a time. `call`, tasks and results have to be picklable.
    """
    count = min(most, len(tasks) // _MIN_TASKS)
    if count < 2:
        yield map(call, tasks)
        return
    # what the first needs imported, the others find imported
    first, rest = call(tasks[0]), tasks[1:]
    workers = _Workers(call, [rest[index::count] for index in range(count)])
    try:
        yield _results(first, workers.results(len(rest)))
    finally:
        workers.end()


def _results(first: R, others: Iterator[R]) -> Iterator[R]:
    yield first
    yield from others


class _Workers:
    """Processes, each with its own share of the tasks and a pipe for what comes of them."""

    def __init__(self, call: Callable[[T], Any], shares: Sequence[Sequence[T]]) -> None:
        import multiprocessing

        sys.stdout.flush()
        sys.stderr.flush()
        context = multiprocessing.get_context(_way())
        self._readers: list[Connection] = []
        self._processes = []
        for share in shares:
            reader, writer = context.Pipe(duplex=False)
            self._readers.append(reader)
            # a copy of this process holds copies of its pipes, and would keep them open
            inherited = list(self._readers) if _way() == "fork" else []
            args = (call, share, writer, inherited)
            process = context.Process(target=_work, args=args, daemon=True)  # type: ignore[attr-defined]
            process.start()
            self._processes.append(process)
            writer.close()

    def results(self, number: int) -> Generator[Any]:
        """Yield what came of the tasks, in their order."""
        for reader in islice(cycle(self._readers), number):
            try:
                succeeded, result = reader.recv()
            except EOFError:
                raise Bug("a process for some of the stacks has ended early") from None
            if not succeeded:
                raise result
            yield result

    def end(self) -> None:
        """End the processes, whatever they are at."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join()
        for reader in self._readers:
            reader.close()


def _way() -> str:
    """Return how to start a process: a copy of this one is quick, and safe with a single thread."""
    is_safe = sys.platform == "linux" and threading.active_count() == 1
    return "fork" if is_safe else "spawn"


def _work(
    call: Callable[[T], Any],
    tasks: Sequence[T],
    writer: Connection,
    inherited: Sequence[Connection],
) -> None:
    """Work on a share of the tasks, in a process of its own."""
    import pickle

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started this one sees to it
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for one in inherited:
        one.close()
    for task in tasks:
        try:
            told = pickle.dumps((True, call(task)))
        except Exception as error:  # raised again where the results are read
            told = pickle.dumps((False, error))
        try:
            writer.send_bytes(told)
        except OSError:  # nobody reads any more
            return
