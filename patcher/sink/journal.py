"""What a run is about to do, on disk before the first file changes: whoever starts next undoes it.

It holds no content and no name of a temporary file, only the paths of the files and the SHA-256 of
the old and the new content of each: a repository may ship a journal that somebody made up, so there
is little in it to believe, and `read` believes none of it.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
import time
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any, Final

from patcher.errors import UserError
from patcher.links import followed
from patcher.patterns import regex
from patcher.records import dataclass
from patcher.sink.names import DRAFT, JOURNAL, TEMPORARY, is_reserved
from patcher.sink.places import Place, digest
from patcher.sink.targets import Target
from patcher.sink.temporary import read_regular, sync, write_new

BY_HAND: Final = f"compare the files, for instance with git; then remove it and all {TEMPORARY}*"

_FORMAT: Final = "hanna-fix journal 1"
# bounds of what a made-up journal costs; a thousand files need a fifth of it
_MAX_BYTES: Final = 1024 * 1024
_MAX_PATH: Final = 4096
_DIGEST: Final = regex(r"[0-9a-f]{64}")
_TOKEN: Final = regex(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One file: its path relative to the root, links resolved, and the SHA-256 of its contents.

    `old` is None where the run makes the file.
    """

    path: str
    old: str | None
    new: str


@dataclass(frozen=True, slots=True)
class Journal:
    """One run: its token, which names its temporary files, its time, its files, its directories.

    `seconds` since the epoch are even, because some file systems keep times no finer. `folders`
    are the directories that the run makes, a parent before what lies in it.
    """

    token: str
    seconds: int
    entries: tuple[Entry, ...]
    folders: tuple[str, ...]

    def places(self, root: Path) -> tuple[Place, ...]:
        """Return the files of the run below `root`."""
        return tuple(self._place(root, number, one) for number, one in enumerate(self.entries))

    def _place(self, root: Path, number: int, entry: Entry) -> Place:
        target = root / entry.path
        name = f"{TEMPORARY}{self.token}-{number}"
        staged, backup = target.with_name(f"{name}.new"), target.with_name(f"{name}.old")
        return Place(entry.path, entry.old, entry.new, target, staged, backup)


def journal_for(root: Path, targets: Sequence[Target]) -> Journal:
    """Return a journal for the targets; nothing is written."""
    entries = tuple(
        Entry(
            target.real.relative_to(root).as_posix(),
            None if target.before is None else digest(target.before),
            digest(target.after),
        )
        for target in targets
    )
    seconds = int(time.time()) // 2 * 2
    return Journal(secrets.token_hex(8), seconds, entries, _missing_folders(root, targets))


def _missing_folders(root: Path, targets: Sequence[Target]) -> tuple[str, ...]:
    missing: dict[Path, None] = {}
    for target in targets:
        above = target.real.relative_to(root).parents
        missing |= {one: None for one in reversed(above) if not (root / one).exists()}
    return tuple(one.as_posix() for one in missing)


def write(root: Path, journal: Journal) -> None:
    """Put the journal into `root`, whole and safe on disk or not at all; raises OSError."""
    draft, data = root / DRAFT, _encode(journal)
    if len(data) > _MAX_BYTES:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
    write_new(draft, data, 0o666)
    # git gives the files that it checks out the time of the checkout: `read` tells ours by this
    os.utime(draft, ns=(journal.seconds * 10**9,) * 2)
    sync(draft)
    draft.replace(root / JOURNAL)
    sync(root)


def _encode(journal: Journal) -> bytes:
    data = {
        "format": _FORMAT,
        "token": journal.token,
        "seconds": journal.seconds,
        "files": [{"path": one.path, "old": one.old, "new": one.new} for one in journal.entries],
        "folders": journal.folders,
    }
    return (json.dumps(data, indent=1) + "\n").encode("ascii")


def remove(root: Path) -> None:
    """Remove the journal and its draft for good; raises OSError."""
    for name in (DRAFT, JOURNAL):
        (root / name).unlink(missing_ok=True)
    sync(root)


def read(root: Path) -> Journal | None:
    """Return the journal in the resolved directory `root`, None where there is none.

    Raises UserError where it is not one that a run on this directory can have written, and
    OSError where it cannot be read.
    """
    path = root / JOURNAL
    try:
        data = read_regular(path, _MAX_BYTES)
        written = path.lstat().st_mtime_ns
    except FileNotFoundError:
        return None
    journal = None if data is None else _decode(data)
    if journal is None or not _is_sound(root, journal):
        raise UserError("is no journal of hanna-fix", todo=BY_HAND, path=JOURNAL)
    if written != journal.seconds * 10**9:
        message = "was not written here but copied or checked in; nothing was touched"
        raise UserError(message, todo=BY_HAND, path=JOURNAL)
    return journal


def _decode(data: bytes) -> Journal | None:
    try:
        match json.loads(data.decode("ascii")):
            case {
                "format": str(written_as),
                "token": str(token),
                "seconds": int(seconds),
                "files": [_, *_] as files,
                "folders": [*folders],
                **rest,
            } if written_as == _FORMAT and not rest:
                entries = tuple(_entry(one) for one in files)
                return Journal(token, seconds, entries, tuple(_text(one) for one in folders))
    except (ValueError, RecursionError):
        pass
    return None


def _entry(data: Any) -> Entry:
    match data:
        case {"path": str(path), "old": str() | None as old, "new": str(new), **rest} if not rest:
            return Entry(path, old, new)
    raise ValueError


def _text(data: Any) -> str:
    if not isinstance(data, str):
        raise ValueError  # noqa: TRY004 - as json's own: what is in the file is wrong
    return data


def _is_sound(root: Path, journal: Journal) -> bool:
    paths = [one.path for one in journal.entries]
    digests = [
        one for entry in journal.entries for one in (entry.old, entry.new) if one is not None
    ]
    made = [one.path for one in journal.entries if one.old is None]
    return (
        _TOKEN.fullmatch(journal.token) is not None
        and all(len(set(one)) == len(one) for one in (paths, journal.folders))
        and all(_DIGEST.fullmatch(one) for one in digests)
        and all(one.old != one.new for one in journal.entries)
        and all(any(path.startswith(f"{one}/") for path in made) for one in journal.folders)
        and all(_is_inside(root, path) for path in [*paths, *journal.folders])
    )


def _is_inside(root: Path, path: str) -> bool:
    """Tell whether `path` is as a run writes it: relative, plain, no link in it but its last."""
    pure = PurePosixPath(path[: _MAX_PATH + 1])
    plain = pure.as_posix() == path and "\0" not in path and ".." not in pure.parts
    if len(path) > _MAX_PATH or not plain or pure.is_absolute() or not pure.parts:
        return False
    folder = (root / path).parent
    try:
        os.fsencode(path)  # raises ValueError for a name that cannot be
    except ValueError:
        return False
    return followed(folder) == folder and folder.is_relative_to(root) and not is_reserved(pure)
