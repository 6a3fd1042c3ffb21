"""Following logs as `tail -F` does: through rotation by renaming, copying and truncating."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final

from patcher.diagnose.blocks import Lines
from patcher.diagnose.inputs import PIECE, unreadable

_PAUSE: Final = 0.2
"""Seconds between two looks at files that have not grown."""


class Tail:
    """A log that is followed by its name, from its present end on.

    Raises UserError where it cannot be read at first; later on it may be missing for a while.
    """

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        self._lines = Lines()
        try:
            self._file: BinaryIO = self._path.open("rb", buffering=0)
            self._file.seek(0, os.SEEK_END)
        except OSError as error:
            raise unreadable(path, error) from None

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def read(self) -> bytes:
        """Return the whole lines that have come, empty for none, and take no longer than a read."""
        if piece := self._file.read(PIECE):
            return self._lines.push(piece)
        if self._is_replaced():
            return self._next()
        if os.fstat(self._file.fileno()).st_size < self._file.tell():
            self._file.seek(0)
            return self._lines.end()
        return b""

    def _is_replaced(self) -> bool:
        try:
            there = self._path.stat()
        except OSError:
            return False  # between renaming and creating
        return not os.path.samestat(there, os.fstat(self._file.fileno()))

    def _next(self) -> bytes:
        """Go on with the file that has the name now, after what came into the old one meanwhile."""
        if piece := self._file.read(PIECE):
            return self._lines.push(piece)
        try:
            following = self._path.open("rb", buffering=0)
        except OSError:
            return b""
        self._file.close()
        self._file = following
        return self._lines.end()


def follow(paths: Sequence[str]) -> Iterator[bytes]:
    """Yield whole lines as they come into any of the logs; never ends by itself.

    Raises UserError where one cannot be read at first.
    """
    tails: list[Tail] = []
    try:
        tails += map(Tail, paths)
        while True:
            blocks = [one.read() for one in tails]
            yield from filter(None, blocks)
            if not any(blocks):
                time.sleep(_PAUSE)
    finally:
        for one in tails:
            one.close()
