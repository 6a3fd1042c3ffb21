"""Logs of any size in bounded memory: blocks of whole lines, and the few lines that matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from patcher.diagnose.failure import Failure
from patcher.diagnose.lines import MAX_LINE, NEEDLES, failure_of, found

_PER_LINE: Final = 1000
"""With a candidate in so many bytes, picking lines out takes longer than reading all of them."""


class Lines:
    """Puts the pieces of a stream together to whole lines; of a long one its first MAX_LINE bytes.

    A long line may be kept longer in the piece that it ends in.
    """

    def __init__(self) -> None:
        self._rest = b""

    def push(self, piece: bytes) -> bytes:
        """Return what is whole with the next piece: lines, without the last newline."""
        head, newline, tail = piece.rpartition(b"\n")
        if not newline:
            self._rest = (self._rest + tail)[:MAX_LINE]
            return b""
        whole, self._rest = self._rest + head, tail[:MAX_LINE]
        return whole

    def end(self) -> bytes:
        """Return the last line, which no newline ends."""
        whole, self._rest = self._rest, b""
        return whole


def whole_lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the bytes of a stream in blocks of whole lines."""
    lines = Lines()
    yield from map(lines.push, pieces)
    yield lines.end()


def failures(block: bytes) -> Iterator[Failure]:
    """Yield what the lines of a block tell, in their order."""
    for one in found(_candidates(block)):
        if (failure := failure_of(one)) is not None:
            yield failure


def counted(block: bytes) -> Iterator[tuple[Failure, int]]:
    """Yield what the lines of a block tell, each failure once, with the number of its lines."""
    for one, count in Counter(found(_candidates(block))).items():
        if (failure := failure_of(one)) is not None:
            yield failure, count


def _candidates(block: bytes) -> bytes:
    """Return the lines that may tell a failure, or the whole block where that is much of it.

    Searching a block for a few words is many times faster than looking at each line.
    """
    lines: dict[int, bytes] = {}
    many = len(block) // _PER_LINE
    for needle in NEEDLES:
        at = block.find(needle)
        while at >= 0:
            if len(lines) > many:
                return block
            start, end = block.rfind(b"\n", 0, at) + 1, block.find(b"\n", at)
            end = len(block) if end < 0 else end
            lines[start] = block[start:end]
            at = block.find(needle, end)
    return b"\n".join(lines[start] for start in sorted(lines))
