"""Writes changed files into a directory: all of them, or none.

Three steps: `plan` checks, `stage` writes every new content beside its target, `commit` renames.
Only renames touch the targets, so no reader ever sees half a file.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from patcher.engine.outcome import Change
from patcher.errors import UserError
from patcher.sink.targets import Target, check_unchanged, plan
from patcher.sink.temporary import (
    cannot_write,
    reason_and_todo,
    sync_directory,
    write_new,
    write_replacement,
)


@dataclass(slots=True)
class Staged:
    """A target whose new content waits in `new`; `backup` is the old content, for a roll-back."""

    target: Target
    new: Path
    backup: Path | None

    def remove(self) -> None:
        """Remove what is left of the two files, as far as the system lets us."""
        for path in (self.new, self.backup):
            if path is not None:
                with contextlib.suppress(OSError):
                    path.unlink(missing_ok=True)


def write_all(root: Path, changes: Sequence[Change]) -> None:
    """Write every change below `root`, or none.

    A file keeps its mode, owner and access control list; a symbolic link stays, the file that it
    leads to is replaced. Raises UserError, with every file as it was, where a file has changed
    since it was read, is not a regular file inside `root`, or cannot be written.
    """
    targets = plan(root, changes)
    with ExitStack() as leftovers:
        commit(stage(targets, leftovers))


def stage(targets: Iterable[Target], leftovers: ExitStack) -> list[Staged]:
    """Write every new content, and keep every old one, beside the target.

    `leftovers` removes on exit whatever `commit` has not moved away. Raises UserError with no
    target touched.
    """
    staged = []
    for target in targets:
        try:
            if target.before is None:
                _make_folders(target.real.parent, leftovers)
            one = Staged(target, _write(target), None)
            leftovers.callback(one.remove)
            if target.before is not None:
                one.backup = _back_up(target, target.before, one.new)
        except OSError as error:
            raise cannot_write(target.path, error) from None
        staged.append(one)
    return staged


def _write(target: Target) -> Path:
    if target.before is None:
        return write_new(target.real.parent, target.after, target.mode)
    return write_replacement(target.path, target.real, target.after)


def _back_up(target: Target, before: bytes, new: Path) -> Path:
    """Keep the old file itself under a second name; a copy where there are no hard links."""
    backup = new.with_name(f"{new.name}.old")
    try:
        os.link(target.real, backup)
    except OSError:
        return write_replacement(target.path, target.real, before)
    return backup


def _make_folders(folder: Path, leftovers: ExitStack) -> None:
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for one in reversed(missing):
        one.mkdir()
        leftovers.callback(_remove_if_empty, one)


def _remove_if_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):
        folder.rmdir()


def commit(staged: Sequence[Staged]) -> None:
    """Rename every new content over its target; where one fails, put back those before it.

    Raises UserError: a file that changed meanwhile, or the system's refusal. Should even putting
    back fail, the message names the file that holds the old content.
    """
    try:
        for one in staged:
            _replace(one)
    except BaseException as error:
        lost = [text for one in reversed(staged) for text in _put_back(one)]
        if lost:
            raise UserError(
                f"writing stopped ({error}) and could not be undone: {', '.join(lost)}",
                todo="move these files back",
            ) from error
        raise
    for folder in {one.target.real.parent for one in staged}:
        sync_directory(folder)


def _replace(one: Staged) -> None:
    try:
        check_unchanged(one.target)
        one.new.replace(one.target.real)
    except OSError as error:
        raise cannot_write(one.target.path, error) from None


def _put_back(one: Staged) -> Iterator[str]:
    """Undo one rename if it was done; yield what the user must do by hand if that fails."""
    if one.new.exists():
        return
    try:
        if one.backup is None:
            one.target.real.unlink(missing_ok=True)
        else:
            one.backup.replace(one.target.real)
    except OSError as error:
        kept, one.backup = one.backup, None
        old = "is new" if kept is None else f"was {kept.name}"
        yield f"{one.target.path} {old} ({reason_and_todo(error)[0]})"
