"""The library: what `patcher.check()` and `patcher.fix()` do. Reads the disk; writes nothing."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Final

from patcher.config.load import read_config
from patcher.config.selection import selected
from patcher.engine import check as checker
from patcher.engine import fix as fixer
from patcher.engine.outcome import Outcome
from patcher.errors import UserError, visible
from patcher.finding import Finding, Safety
from patcher.records import dataclass
from patcher.rules.base import Rule
from patcher.sink.unfinished import refuse_unfinished
from patcher.stack.disk import DiskFiles, find_root
from patcher.stack.stack import Request, Stack, load

_LOG: Final = logging.getLogger("patcher")


@dataclass(frozen=True, slots=True)
class _Project:
    """A stack that was read whole, and the rules that run on it."""

    stack: Stack
    rules: tuple[Rule, ...]


def check(
    path: str | PathLike[str] = ".",
    *,
    files: Sequence[str] = (),
    nginx: Sequence[str] = (),
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
) -> tuple[Finding, ...]:
    """Return the findings in the project directory `path`, sorted by place.

    `files` and `nginx` name compose and nginx files, relative to `path`, as `-f` and `--nginx` do.
    `select` and `ignore` hold rule ids, over the settings of the project: those selected replace
    the rules that are on, those ignored are left out. No environment variable is read.

    Raises UserError where the project cannot be read or a rule is not known: the first problem,
    with the others as its notes (`__notes__`); LimitError where it is beyond the bounds of one run.
    What else there is to say goes to the logger `patcher`, as warnings.
    """
    project = _read(path, files, nginx, select, ignore)
    return checker.check(project.stack, project.rules)


def fix(
    path: str | PathLike[str] = ".",
    *,
    files: Sequence[str] = (),
    nginx: Sequence[str] = (),
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    unsafe: bool = False,
) -> Outcome:
    """Return what the fixes of the project directory `path` come to; write nothing.

    Every fix has passed the gates; `held` has those that did not, `left` what has no fix. With
    `unsafe`, fixes are made, too, that may change behaviour beyond their finding. The other
    parameters and the errors are those of `check`; raises Bug where a promise is not kept.
    """
    project = _read(path, files, nginx, select, ignore)
    return fixer.fix(project.stack, project.rules, Safety.UNSAFE if unsafe else Safety.SAFE)


def _read(
    path: str | PathLike[str],
    files: Sequence[str],
    nginx: Sequence[str],
    select: Sequence[str],
    ignore: Sequence[str],
) -> _Project:
    root = find_root(Path(path), ())
    refuse_unfinished(root)
    disk = DiskFiles(root)
    config = read_config(disk)
    rules = selected(config.settings, select, ignore)
    request = Request(tuple(files), tuple(nginx), directory=root.name)
    stack = load(disk, request, config.settings)
    for warning in (*config.warnings, *stack.warnings):
        _LOG.warning("%s: %s", visible(str(root)), visible(warning))
    _refuse(stack.problems)
    config.refuse_unknown(stack.project.services)
    return _Project(stack, rules)


def _refuse(problems: Sequence[UserError]) -> None:
    """Raise the first problem: beside a file that cannot be read, nothing found is certain."""
    if problems:
        first, *others = problems
        for one in others:
            first.add_note(str(one))
        raise first
