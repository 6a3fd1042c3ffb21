"""Where log lines come from: files, also gzipped ones, and standard input."""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final, cast

from patcher.diagnose.request import STDIN
from patcher.errors import UserError

PIECE: Final = 1 << 20
"""Bytes that are read at once."""

_GZIP: Final = b"\x1f\x8b"


def pieces(path: str) -> Iterator[bytes]:
    """Yield the bytes of a log, `-` for standard input, unpacked where it is a gzip file.

    Raises UserError where it cannot be read.
    """
    if path == STDIN:
        yield from _read(sys.stdin.buffer)
        return
    try:
        with Path(path).open("rb") as file:
            if file.peek(len(_GZIP)).startswith(_GZIP):
                with gzip.open(file) as packed:
                    yield from _read(cast("BinaryIO", packed))
            else:
                yield from _read(file)
    except (OSError, EOFError, zlib.error) as error:
        raise unreadable(path, error) from None


def unreadable(path: str, error: Exception) -> UserError:
    """Return the error for a log that cannot be read."""
    reason = (getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()
    todo = "give the path of an nginx error log, or - for standard input"
    return UserError(f"cannot be read: {reason}", todo=todo, path=path)


def _read(stream: BinaryIO) -> Iterator[bytes]:
    # read1 gives what a pipe holds at the moment, instead of waiting for a whole piece
    return iter(lambda: stream.read1(PIECE), b"")  # type: ignore[attr-defined]
