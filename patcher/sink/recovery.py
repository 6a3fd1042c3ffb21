"""Undoes a run that was cut off, so that all its files are old again; or finds that all are new.

Back, not forward: old contents are what the user knows and can have back from git, and the run
that recovers makes its own fixes, with its own options and gates. A run that had renamed its last
file is complete.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from patcher.errors import UserError
from patcher.sink import journal as journals
from patcher.sink.journal import BY_HAND, Journal
from patcher.sink.lock import locked
from patcher.sink.names import DRAFT, JOURNAL, LOCK, TEMPORARY
from patcher.sink.places import Place, State, remove_copies, remove_empty, sync_all
from patcher.sink.signals import deferred
from patcher.sink.temporary import reason_and_todo

_CUT_OFF: Final = "an earlier apply was cut off"
_AS_BEFORE: Final = f"{_CUT_OFF}; every file is as it was before"


def recover(root: Path, tell: Callable[[str], None]) -> None:
    """Undo a run on `root` that was cut off, if there is one; say in one line what was done.

    Raises UserError, with every file as it is, where another run is at work, where a file has
    changed since, or where the journal is not ours; UserError, too, where the system refuses.
    """
    root = root.resolve()
    if not any(os.path.lexists(root / name) for name in (LOCK, JOURNAL, DRAFT)):
        return
    with deferred() as stop, locked(root):
        try:
            done = _recover(root)
        except OSError as error:
            reason, todo = reason_and_todo(error)
            message = f"{_CUT_OFF}, and its files cannot be put back now: {reason}"
            raise UserError(message, todo=f"{todo}, then run hanna-fix apply again") from None
        if done:
            tell(done)
        stop()


def _recover(root: Path) -> str | None:
    _refuse_other_kinds([root / DRAFT])
    journal = journals.read(root)
    if journal is None:
        return _remove_draft(root)
    places = journal.places(root)
    _refuse_other_kinds(path for one in places for path in (one.staged, one.backup))
    states = [one.state() for one in places]
    new = [one for one, state in zip(places, states, strict=True) if state is State.NEW]
    complete = len(new) == len(places)
    if State.OTHER in states or not (complete or all(one.can_be_put_back() for one in new)):
        raise _changed(root, journal, places, states)
    if not complete:
        for place in new:
            place.put_back()
    sync_all(one.target.parent for one in places)
    close(root, journal, places)
    return _told(new, complete=complete)


def close(root: Path, journal: Journal, places: Sequence[Place]) -> None:
    """End a run whose files are all old or all new: remove what it needed, the journal last.

    What was renamed must be safe on disk before. Raises OSError; the journal is there then.
    """
    remove_copies(places)
    made = [root / folder for folder in journal.folders]
    remove_empty(made)
    sync_all(one.parent for one in [*made, *(place.target for place in places)])
    journals.remove(root)


def _remove_draft(root: Path) -> str | None:
    if not os.path.lexists(root / DRAFT):
        return None
    journals.remove(root)
    return _AS_BEFORE


def _refuse_other_kinds(paths: Iterable[Path]) -> None:
    for path in paths:
        if os.path.lexists(path) and not stat.S_ISREG(path.lstat().st_mode):
            raise UserError("is not a regular file", todo=BY_HAND, path=path.name)


def _told(new: Sequence[Place], *, complete: bool) -> str:
    names = ", ".join(one.path for one in new)
    if complete:
        return f"{_CUT_OFF} after its last file; it is complete: {names}"
    return f"{_CUT_OFF}; put back: {names}" if new else _AS_BEFORE


def _changed(
    root: Path, journal: Journal, places: Sequence[Place], states: Sequence[State]
) -> UserError:
    """Return what to do by hand: which files are what, and where the old contents are."""
    told = [_what(root, one, state) for one, state in zip(places, states, strict=True)]
    message = f"{_CUT_OFF}, and files have changed since, so none is put back: {', '.join(told)}"
    names = f"{JOURNAL} and all {TEMPORARY}{journal.token}-*"
    return UserError(message, todo=f"make them what you want, then remove {names}")


def _what(root: Path, place: Place, state: State) -> str:
    if state is State.OLD:
        return f"{place.path} is old"
    what = "new" if state is State.NEW else "neither old nor new"
    if not os.path.lexists(place.backup):
        return f"{place.path} is {what}"
    return f"{place.path} is {what} (was {place.backup.relative_to(root).as_posix()})"
