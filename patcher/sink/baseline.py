"""The baseline file in the project directory."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from patcher.baseline import NAME, Entry, parse, written
from patcher.engine.outcome import Change
from patcher.errors import UserError
from patcher.sink.files import write_all
from patcher.stack.files import Files, join
from patcher.text import Source


def read_baseline(
    files: Files, path: str | None = None, *, must_exist: bool = True
) -> tuple[Entry, ...]:
    """Return the entries of the file at `path`, or at the usual place, where it need not exist.

    Raises UserError where it is outside of the project, or is no baseline.
    """
    source = files.read(_inside(path or NAME))
    if source is None and path is not None and must_exist:
        raise UserError("no such file", todo="`hanna-fix baseline -o` writes one", path=path)
    return () if source is None else parse(source)


def write_baseline(root: Path, files: Files, path: str | None, entries: Iterable[Entry]) -> str:
    """Write the entries to `path`, or to the usual place, in one step; return the path.

    Raises UserError as above, and where the file cannot be written. No other file is overwritten.
    """
    inside, text = _inside(path or NAME), written(entries)
    before = files.read(inside)
    if before is not None:
        parse(before)
    after = Source(inside, text) if before is None else before.with_text(text)
    write_all(root, [Change(before, after)])
    return inside


def _inside(path: str) -> str:
    inside = join("", path)
    if inside is None:
        todo = "give a path inside of the project directory"
        raise UserError("lies outside of the project directory", todo=todo, path=path)
    return inside
