"""The files of one run on disk: what holds the new content, what holds the old one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from enum import Enum
from hashlib import sha256
from pathlib import Path
from typing import Final

from patcher.records import dataclass
from patcher.sink.temporary import read_regular, sync

# twice what is read of any file; a larger one counts as changed by somebody else
_MAX_BYTES: Final = 16 * 1024 * 1024


class State(Enum):
    """What a target holds: what it held before the run, what it shall hold, something else."""

    OLD = "old"
    NEW = "new"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Place:
    """One file of a run: `target` holds `old` and shall hold `new`, both as SHA-256 in hex.

    `old` is None where there must be no file. `staged` holds the new content until it is renamed
    over the target, `backup` the old one until the run is over; both lie beside the target.
    """

    path: str
    old: str | None
    new: str
    target: Path
    staged: Path
    backup: Path

    def state(self) -> State:
        """Tell what the target holds now; raises OSError where it cannot be read."""
        found = digest_of(self.target)
        if found == self.new:
            return State.NEW
        return State.OLD if found == self.old else State.OTHER

    def can_be_put_back(self) -> bool:
        """Tell whether the old file is there, whole, with the mode and owner of the new one.

        Somebody who changed those of the new file since would lose the change. Raises OSError.
        """
        if self.old is None:
            return True
        if digest_of(self.backup) != self.old:
            return False
        old, now = self.backup.lstat(), self.target.lstat()
        return (old.st_mode, old.st_uid, old.st_gid) == (now.st_mode, now.st_uid, now.st_gid)

    def put_back(self) -> None:
        """Give the target its old content; raises OSError."""
        if self.old is None:
            self.target.unlink()
        else:
            self.backup.replace(self.target)


def digest(data: bytes) -> str:
    """Return the SHA-256 of `data` in hex."""
    return sha256(data).hexdigest()


def digest_of(path: Path) -> str | None:
    """Return the SHA-256 of a regular file, None where there is nothing, else an empty text."""
    try:
        data = read_regular(path, _MAX_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return "" if data is None else digest(data)


def sync_all(folders: Iterable[Path]) -> None:
    """Make the renames in directories last; one that is not there has none. Raises OSError."""
    for folder in sorted(set(folders)):
        if folder.is_dir():
            sync(folder)


def remove_copies(places: Sequence[Place]) -> None:
    """Remove every staged file and backup that is there; raises OSError after trying all."""
    failures = []
    for path in [path for place in places for path in (place.staged, place.backup)]:
        try:
            path.unlink(missing_ok=True)
        except NotADirectoryError:
            continue
        except OSError as error:
            failures.append(error)
    if failures:
        raise failures[0]


def remove_empty(folders: Iterable[Path]) -> None:
    """Remove directories, the last first, as far as they are there and empty."""
    for folder in reversed(list(folders)):
        if folder.is_dir() and not os.listdir(folder):  # noqa: PTH208 - any entry counts
            folder.rmdir()
