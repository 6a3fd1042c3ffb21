"""What the commands print and write: bytes as they are, lines safe on a terminal."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from patcher.cli_options import Options
from patcher.errors import UserError, brief
from patcher.report.style import Paint, paint_for


def paint(options: Options, *, error: bool) -> Paint:
    """Return the colours for standard output or standard error."""
    return paint_for(sys.stderr if error else sys.stdout, options.color, os.environ)


def tell(line: str) -> None:
    """Print one line to standard error, safe on a terminal."""
    sys.stderr.write(f"hanna-fix: {brief(line)}\n")


def write(content: str) -> None:
    """Write to standard output byte for byte: no newline translation, always UTF-8."""
    sys.stdout.flush()
    sys.stdout.buffer.write(content.encode("utf-8"))
    sys.stdout.buffer.flush()


def write_file(path: str, content: str) -> None:
    """Write to a file that the user names; raises UserError where that cannot be done."""
    _into_file(path, content, "wb")


def check_writable(path: str) -> None:
    """Raise UserError where a file that the user names cannot be written; make it otherwise."""
    _into_file(path, "", "ab")


def add_to_file(path: str, content: str) -> None:
    """Write to the end of a file that the user names; raises UserError as above."""
    _into_file(path, content, "ab")


def _into_file(path: str, content: str, mode: str) -> None:
    try:
        with Path(path).open(mode) as file:
            file.write(content.encode("utf-8"))
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise UserError(f"cannot be written: {reason}", path=path) from None
