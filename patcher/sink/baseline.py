"""The baseline file in the project directory."""

from __future__ import annotations

from collections.abc import Iterable

from patcher.baseline import NAME, Entry, parse, written
from patcher.engine.outcome import Change
from patcher.errors import UserError
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


def baseline_change(files: Files, path: str | None, entries: Iterable[Entry]) -> Change:
    """Return the change that puts the entries into the file at `path`, or at the usual place.

    Raises UserError as above, and where another file would be overwritten.
    """
    inside, text = _inside(path or NAME), written(entries)
    before = files.read(inside)
    if before is not None:
        parse(before)
    after = Source(inside, text) if before is None else before.with_text(text)
    return Change(before, after)


def _inside(path: str) -> str:
    inside = join("", path)
    if inside is None:
        todo = "give a path inside of the project directory"
        raise UserError("lies outside of the project directory", todo=todo, path=path)
    return inside
