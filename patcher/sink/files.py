"""Writes changed files into a directory: all of them, or none, also when killed half-way.

`plan` checks. Then the journal says what is to come, every new content is written beside its
target and every old one kept there, and only renames touch the targets, so no reader sees half a
file. A step is safe on disk before the next begins. Whatever goes wrong is undone at once; where
the process is gone, `recovery` does it at the next start.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import field
from pathlib import Path

from patcher.engine.outcome import Change
from patcher.errors import UserError
from patcher.records import dataclass
from patcher.sink import journal as journals
from patcher.sink.journal import Journal
from patcher.sink.lock import locked
from patcher.sink.names import JOURNAL
from patcher.sink.places import Place, State, sync_all
from patcher.sink.recovery import close
from patcher.sink.signals import deferred
from patcher.sink.targets import Target, check_unchanged, plan
from patcher.sink.temporary import (
    cannot_write,
    reason_and_todo,
    write_new,
    write_replacement,
)
from patcher.sink.unfinished import refuse_unfinished


def write_all(
    root: Path, changes: Sequence[Change], confirm: Callable[[], None] | None = None
) -> None:
    """Write every change below `root`, or none.

    `confirm` is called when all are written; what it raises, and a signal meanwhile, undoes them.
    A file keeps its mode, owner and access control list; a symbolic link stays, the file that it
    leads to is replaced. Raises UserError, with every file as it was, where another run is at work
    or was cut off, or a file has changed since it was read, is not a regular file inside `root`,
    or cannot be written. Should undoing fail, too, the message says that the next run does it.
    Raises KeyboardInterrupt, with every file as it was, for a signal before the last rename.
    """
    root = root.resolve()
    targets = plan(root, changes)
    if not targets:
        return
    with deferred() as stop, locked(root):
        refuse_unfinished(root)
        journal = journals.journal_for(root, targets)
        _Run(root, journal, targets, journal.places(root), stop, confirm).write()


@dataclass(slots=True)
class _Run:
    root: Path
    journal: Journal
    targets: Sequence[Target]
    places: Sequence[Place]
    stop: Callable[[], None]
    confirm: Callable[[], None] | None
    tried: list[Place] = field(default_factory=list)

    def write(self) -> None:
        try:
            self._announce()
            self._stage()
            self._rename()
            if self.confirm is not None:
                self.confirm()
                self.stop()
        except _Refused as refused:
            self._undo(f"{refused.path}: {reason_and_todo(refused.error)[0]}")
            raise cannot_write(refused.path, refused.error) from None
        except BaseException as error:
            self._undo(str(error) or "interrupted")
            raise
        self._close("every file is written")

    def _announce(self) -> None:
        with _refusals(JOURNAL):
            journals.write(self.root, self.journal)

    def _stage(self) -> None:
        """Write every new content, and keep every old one, beside the target."""
        for folder in self.journal.folders:
            with _refusals(folder):
                (self.root / folder).mkdir()
        for target, place in zip(self.targets, self.places, strict=True):
            self.stop()
            with _refusals(target.path):
                _write(target, place)
        self._sync(*((self.root / folder).parent for folder in self.journal.folders))

    def _rename(self) -> None:
        for target, place in zip(self.targets, self.places, strict=True):
            self.stop()
            with _refusals(target.path):
                check_unchanged(target)
                self.tried.append(place)
                place.staged.replace(place.target)
        self._sync()

    def _sync(self, *more: Path) -> None:
        with _refusals(self.targets[0].path):
            sync_all([*(one.target.parent for one in self.places), *more])

    def _undo(self, why: str) -> None:
        try:
            renamed = [one for one in self.tried if not os.path.lexists(one.staged)]
            for place in reversed(renamed):
                _put_back(place, why)
            sync_all(one.target.parent for one in renamed)
        except OSError as failed:
            raise _not_undone(why, *reason_and_todo(failed)) from None
        self._close(f"writing stopped ({why}) and every file is as it was")

    def _close(self, outcome: str) -> None:
        try:
            close(self.root, self.journal, self.places)
        except OSError as error:
            reason, todo = reason_and_todo(error)
            raise UserError(
                f"{outcome}, but what the run needed beside them cannot be removed: {reason}",
                todo=f"{todo}, then run hanna-fix apply: it cleans up first",
            ) from None


class _Refused(Exception):  # noqa: N818 - what the system did
    def __init__(self, path: str, error: OSError) -> None:
        super().__init__(path, error)
        self.path = path
        self.error = error


@contextmanager
def _refusals(path: str) -> Iterator[None]:
    """Say which file it was that the system refused."""
    try:
        yield
    except OSError as error:
        raise _Refused(path, error) from None


def _write(target: Target, place: Place) -> None:
    if target.before is None:
        write_new(place.staged, target.after, target.mode)
        return
    write_replacement(target.path, target.real, target.after, place.staged)
    try:
        # the old file itself under a second name; a copy where there are no hard links
        os.link(target.real, place.backup)
    except OSError:
        write_replacement(target.path, target.real, target.before, place.backup)


def _put_back(place: Place, why: str) -> None:
    """Undo one rename; raises OSError, and UserError where the file has changed again."""
    state = place.state()
    if state is State.NEW:
        place.put_back()
    elif state is State.OTHER:
        raise _not_undone(why, f"{place.path} has changed meanwhile", "look at it")


def _not_undone(why: str, reason: str, todo: str) -> UserError:
    return UserError(
        f"writing stopped ({why}) and could not be undone: {reason}; some files may be new and "
        "some old",
        todo=f"{todo}, then run hanna-fix apply: it puts them back first",
    )
