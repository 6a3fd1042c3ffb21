"""Logs of any size in bounded memory: blocks of whole lines, and the few lines that matter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from patcher.diagnose.failure import Failure
from patcher.diagnose.lines import MAX_LINE, NEEDLES, read_line


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
    for start in _starts(block):
        if (failure := read_line(block, start)) is not None:
            yield failure


def _starts(block: bytes) -> list[int]:
    """Return where the lines begin that may tell a failure.

    Searching a whole block for a few words is many times faster than looking at each line.
    """
    found: set[int] = set()
    for needle in NEEDLES:
        at = block.find(needle)
        while at >= 0:
            found.add(block.rfind(b"\n", 0, at) + 1)
            end = block.find(b"\n", at)
            at = block.find(needle, end) if end >= 0 else -1
    return sorted(found)
