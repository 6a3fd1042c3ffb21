"""Checks what is about to be written: every target is the file that was read, inside the root."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from patcher.engine.outcome import Change
from patcher.errors import Bug, UserError
from patcher.links import followed
from patcher.records import dataclass
from patcher.sink.names import is_reserved
from patcher.sink.temporary import cannot_write


@dataclass(frozen=True, slots=True)
class Target:
    """A checked change: the file `real`, links resolved, holds `before` and shall hold `after`.

    `before` is None where there must be no file yet; it then gets `mode`.
    """

    path: str
    real: Path
    before: bytes | None
    after: bytes
    mode: int


def plan(root: Path, changes: Sequence[Change]) -> list[Target]:
    """Return the checked targets of the changes; raises UserError, nothing is written."""
    resolved = root.resolve()
    targets: dict[Path, Target] = {}
    for change in changes:
        target = _target(resolved, change)
        same = targets.setdefault(target.real, target)
        if same.after != target.after:
            message = f"is the same file as {same.path}, and the two change differently"
            raise UserError(message, todo="remove one of the links", path=target.path)
    return [target for target in targets.values() if target.before != target.after]


def _target(root: Path, change: Change) -> Target:
    path, before = change.after.path, change.before
    if before is not None and before.path != path:
        raise Bug(f"a change renames {before.path} to {path}")
    real = _inside(root, path)
    if before is None and os.path.lexists(root / path):
        raise UserError("exists already", todo="move it away", path=path)
    old = None if before is None else before.encode()
    target = Target(path, real, old, change.after.encode(), change.after.mode)
    try:
        check_unchanged(target)
        if old is not None and not os.access(real, os.W_OK):
            raise UserError("is read-only", todo="make it writable", path=path)
    except OSError as error:
        raise cannot_write(path, error) from None
    return target


def _inside(root: Path, path: str) -> Path:
    real = followed(root / path)
    if real is None:
        raise UserError("is no usable path", todo="check its links", path=path)
    if real == root or not real.is_relative_to(root):
        todo = "run hanna-fix in the directory that holds it (-C)"
        raise UserError("lies outside of the project directory", todo=todo, path=path)
    if is_reserved(real.relative_to(root)):
        todo = "keep configuration in files of its own"
        raise UserError("belongs to git or to hanna-fix itself", todo=todo, path=path)
    return real


def check_unchanged(target: Target) -> None:
    """Raise UserError unless the file is what it was when it was read; OSError passes through."""
    again = "run hanna-fix again"
    if not os.path.lexists(target.real):
        if target.before is not None:
            raise UserError("was removed since it was read", todo=again, path=target.path)
    elif target.before is None:
        raise UserError("exists already", todo="move it away", path=target.path)
    elif not stat.S_ISREG(target.real.lstat().st_mode):
        raise UserError("is not a regular file", todo="replace it by one", path=target.path)
    elif target.real.read_bytes() != target.before:
        raise UserError("changed since it was read", todo=again, path=target.path)
