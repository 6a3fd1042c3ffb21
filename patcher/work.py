"""The stacks that a command works on: where they are read, and what the engine makes of each."""

from __future__ import annotations

import os
import posixpath
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import redirect_stderr
from dataclasses import field, replace
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any, Final, TypeVar

from patcher.cli_options import Options
from patcher.config.load import Config, read_config
from patcher.config.selection import selected
from patcher.engine.fix import every, fix
from patcher.errors import UserError
from patcher.lang.yaml import has_c_parser
from patcher.output import tell
from patcher.parts import Chooser, Part, carried
from patcher.processes import in_order, processors
from patcher.progress import watched
from patcher.proving import Engine
from patcher.records import dataclass
from patcher.rules.base import Rule
from patcher.sink.unfinished import refuse_unfinished
from patcher.stack.compose.discover import NAMES
from patcher.stack.compose.projects import projects
from patcher.stack.disk import DiskFiles, find_root
from patcher.stack.files import Files
from patcher.stack.gitignore import Ignores
from patcher.stack.problem import Problems
from patcher.stack.settings import Settings
from patcher.stack.stack import Request, Stack, load
from patcher.text import Source
from patcher.time_limit import begin_anew

T = TypeVar("T")

_NETWORK_OF_ONE: Final = "{project}_network"

_SLOW_YAML: Final = (
    "ruamel.yaml's C parser is not there, its Python parser reads YAML about 70 times slower"
)

# whoever has more of them than fit a screen corrects these first
_MAX_PROBLEMS: Final = 20


@dataclass
class Work:
    """The stacks below `root`; `files` opens a directory below it, on disk or in a commit.

    `engine` makes the fixes of a stack, those that `chooser` wants of it.
    `problems` collects what could not be read, with paths from `root`; `not_read` counts them by
    the directory of each stack that is told, in the order of the walk.
    """

    root: Path
    options: Options
    files: Callable[[str], Files]
    engine: Engine = fix
    chooser: Chooser | None = None
    problems: list[UserError] = field(default_factory=list)
    not_read: dict[str, int] = field(default_factory=dict)
    _read: set[str] = field(default_factory=set)

    @classmethod
    def on_disk(
        cls, options: Options, engine: Engine = fix, chooser: Chooser | None = None
    ) -> Work:
        """Return the work of a command that reads the disk."""
        root = root_of(options)
        return cls(root, options, partial(_on_disk, root), engine, chooser)

    def one_stack(self) -> Stack:
        """Return the stack of a command that takes one; what cannot be read is in `problems`."""
        stack = self.read_stack("")
        self._take("", stack.compose_paths, stack.problems)
        return stack

    def each(
        self, judge: Callable[[Stack, str], T], *, apart: bool = True
    ) -> Iterator[tuple[str, T]]:
        """Yield what `judge` says of every stack in its directory, in the order of the walk.

        Many stacks are worked on in several processes where `judge`, and what it says, may go from
        one to another: `apart`. What cannot be read is in `problems`.
        """
        folders = self._folders()
        seen = partial(_seen, self, judge)
        with (
            in_order(seen, folders, processors() if apart else 1) as results,
            watched(folders, self.options) as shown,
        ):
            for folder, one in zip(shown, results, strict=True):
                sys.stderr.write(one.told)
                if self._take(folder, one.paths, one.problems) and one.paths:
                    yield folder, one.verdict

    def parts(self) -> tuple[Part, ...]:
        """Fix every stack, each on top of what was fixed in those above it.

        Nothing is fixed beside a file that cannot be read: it may say the opposite. With
        `--recursive` such a stack is left out; else the UserError is raised.
        """
        found: dict[str, Part] = {}
        asks = self.chooser is not None  # a bar would be drawn over the questions
        shown = replace(self.options, quiet=True) if asks else self.options
        with watched(self._folders(), shown) as folders:
            for folder in folders:
                stack = self._load(folder, carried(found, folder))
                if stack is not None and not stack.problems:
                    found[folder] = self._part(folder, stack)
        self.refuse_problems()
        return tuple(found.values())

    def _part(self, folder: str, stack: Stack) -> Part:
        choice = every if self.chooser is None else self.chooser(folder, stack)
        rules = rules_for(stack, self.options)
        return Part(folder, stack, self.engine(stack, rules, self.options.minimum, choice), choice)

    def tell_problems(self) -> int:
        """Tell what could not be read, a line each; return the exit code 2, or 0 for nothing."""
        for problem in self.problems[:_MAX_PROBLEMS]:
            tell(str(problem))
        return 2 if self.problems else 0

    def refuse_problems(self) -> None:
        """Raise what could not be read, the last of it; with `--recursive` the others go on."""
        if self.problems and not self.options.recursive:
            *others, last = self.problems[:_MAX_PROBLEMS]
            for problem in others:
                tell(str(problem))
            raise last

    def _folders(self) -> list[str]:
        if self.options.verbose and not has_c_parser():
            tell(f"{_SLOW_YAML}: `pip install ruamel.yaml.clib` brings it")
        if not self.options.recursive:
            return [""]
        problems = Problems()
        found = list(projects(self.files(""), problems, Ignores.above(self.root)))
        self.problems += problems
        if not found:
            todo = "give another directory with -C"
            raise UserError(f"no compose file below: looked for {', '.join(NAMES)}", todo=todo)
        return found

    def _load(self, folder: str, carried: Mapping[str, Source]) -> Stack | None:
        """Return the stack in `folder`; None where it cannot be read, or is part of one above."""
        try:
            stack = self.read_stack(folder)
        except UserError as error:
            if not self.options.recursive:
                raise
            self._note(folder, [error])
            return None
        if not self._take(folder, stack.compose_paths, stack.problems):
            return None
        return stack.patched(carried) if carried else stack

    def _take(self, folder: str, read: Iterable[str], problems: Sequence[UserError]) -> bool:
        """Note what was read in `folder`; False, and nothing noted, for a part of a stack above."""
        paths = {posixpath.join(folder, path) for path in read}
        if paths & self._read:
            return False
        self._read |= paths
        self._note(folder, problems)
        return True

    def _note(self, folder: str, problems: Sequence[UserError]) -> None:
        self.problems += [moved_error(one, folder) for one in problems]
        self.not_read[folder] = len(problems)

    def read_stack(self, folder: str) -> Stack:
        """Return the stack in `folder`, and tell what it warns of; raises UserError.

        The time that a stack may take begins.
        """
        begin_anew()
        files = self.files(folder)
        config = read_config(files)
        stack = load(files, self.request(folder), self._settings(config))
        for warning in (*config.warnings, *stack.warnings):
            tell(f"{folder}: warning: {warning}" if folder else f"warning: {warning}")
        if not stack.problems:  # the service may be in the file that could not be read
            config.refuse_unknown(stack.project.services)
        return stack

    def _settings(self, config: Config) -> Settings:
        """Return the settings; several stacks on one network would see each other's services."""
        if not self.options.recursive or ("network", "name") in config.given:
            return config.settings
        return replace(config.settings, network=_NETWORK_OF_ONE)

    def request(self, folder: str) -> Request:
        """Return which files make up the stack in `folder`."""
        options = self.options
        # COMPOSE_FILE of the environment names the files of one stack
        environ = {} if options.recursive else os.environ
        name = posixpath.basename(folder) or self.root.name
        return Request(tuple(options.file), tuple(options.nginx), environ, name)


def _on_disk(root: Path, folder: str) -> DiskFiles:
    """Open a directory; raises UserError where an earlier run left its files half written."""
    refuse_unfinished(root / folder)
    return DiskFiles(root / folder)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one process tells another of a stack; `paths` is empty where it cannot be read."""

    paths: frozenset[str]
    problems: tuple[UserError, ...]
    told: str
    verdict: Any


def _seen(work: Work, judge: Callable[[Stack, str], Any], folder: str) -> _Seen:
    with redirect_stderr(StringIO()) as told:
        try:
            stack = work.read_stack(folder)
        except UserError as error:
            if not work.options.recursive:
                raise
            return _Seen(frozenset(), (error,), told.getvalue(), None)
        verdict = judge(stack, folder)
    return _Seen(stack.compose_paths, tuple(stack.problems), told.getvalue(), verdict)


def moved_error(error: UserError, folder: str) -> UserError:
    """Return the problem of a stack that lies in `folder`, as seen from the directory above."""
    path = posixpath.join(folder, error.path) if error.path else folder or None
    line, column = error.line, error.column
    return UserError(error.message, todo=error.todo, path=path, line=line, column=column)


def services_of(root: Path, options: Options) -> Collection[str] | None:
    """Return the names of the services in a project; None where its files cannot all be read."""
    work = Work(root, options, lambda folder: DiskFiles(root / folder))
    try:
        stack = load(work.files(""), work.request(""), Settings())
    except UserError:
        return None
    return None if stack.problems else stack.project.services


def rules_for(stack: Stack, options: Options) -> tuple[Rule, ...]:
    """Return the rules that run on a stack: those of its settings, and of the command line."""
    return selected(stack.settings, options.select, options.ignore)


def root_of(options: Options) -> Path:
    """Return the directory to work in: that of `-C`, else as Compose finds it."""
    directory = options.directory or Path()
    if options.directory is not None or options.file or options.recursive:
        return find_root(directory, ())
    return find_root(directory, NAMES)
