"""What `hanna-fix` does without a command: look at what is here, and say what to type next."""

from __future__ import annotations

import os
import posixpath
import shlex
from collections.abc import Sequence
from pathlib import Path

from patcher.cli_options import Options
from patcher.errors import UserError
from patcher.output import paint, write
from patcher.parts import Part, outcome_of
from patcher.report import overview as report
from patcher.report.formats import Format
from patcher.stack.compose.discover import is_project
from patcher.stack.compose.projects import projects
from patcher.stack.disk import DiskFiles
from patcher.stack.gitignore import Ignores
from patcher.stack.problem import Problems
from patcher.work import Work, root_of


def overview(options: Options) -> int:
    """Print what there is to find, and the next commands; 2 where there is no stack to look at."""
    _refuse_programs(options)
    root = root_of(options)
    given = options.recursive or options.file
    if not given and not is_project(DiskFiles(root), os.environ):
        return _nowhere(root, options)
    work = Work.on_disk(options)
    parts = work.parts()
    colors = paint(options, error=False)
    write(report.overview(outcome_of(parts), _paths(parts), _program(options), colors))
    return work.tell_problems()


def _refuse_programs(options: Options) -> None:
    """Raise UserError for what asks for an answer that a program reads."""
    if options.format is not Format.TEXT or options.exit_code:
        given = "--exit-code" if options.exit_code else "--format"
        raise UserError(f"{given} needs a command", todo="give check, diff, apply or branch")


def _nowhere(root: Path, options: Options) -> int:
    above = options.directory is None
    below = list(projects(DiskFiles(root), Problems(), Ignores.above(root)))
    write(report.nowhere(str(root), below, paint(options, error=False), above=above))
    return 2


def _program(options: Options) -> str:
    """Return how the next command has to begin, to look at the same files."""
    given = ["-C", str(options.directory)] if options.directory else []
    given += [word for name in options.file for word in ("-f", name)]
    given += [word for name in options.nginx for word in ("--nginx", name)]
    return shlex.join(["hanna-fix", *given, *(["--recursive"] if options.recursive else [])])


def _paths(parts: Sequence[Part]) -> list[str]:
    return sorted(
        posixpath.join(part.folder, path) for part in parts for path in part.stack.compose_paths
    )
