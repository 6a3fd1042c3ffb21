"""How Compose reads a project: its model, and whether it takes it with the variables' values."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from patcher.prove.compose_place import CannotCopy, Copy, copy, make_empty, relative, write_values
from patcher.prove.compose_program import Compose
from patcher.prove.private import CannotRun
from patcher.stack.stack import Stack

Texts = frozenset[tuple[str, str]]

_ALL: Final = ("--profile", "*")
# what variables may stand for that have no value: a name or number, a directory, a truth
_STAND_INS: Final = ("1", "./1", "true")
_MAX_STAND_INS: Final = 60
_WITHOUT_VALUE: Final = (
    re.compile(r"required variable (\w+) is missing a value"),
    re.compile(r'The \\?"(\w+)\\?" variable is not set'),
)
_HIDDEN: Final = "words that may hold values of .env are not shown; see `docker compose config -q`"
_AS_WRITTEN: Final = "variables as written, because one names an env file"
_SHOWN: Final = 300


@dataclass(frozen=True, slots=True)
class Reading:
    """How Compose reads a project.

    `model` is its merged model with variables as written, None where it is refused. `refused` and
    `refused_plain` are why it refuses the project with the variables' values, all profiles on or
    none; empty where it takes it.
    """

    model: Any
    refused: str = ""
    refused_plain: str = ""
    notes: tuple[str, ...] = ()


@dataclass
class Reader:
    """Asks Compose, in the private directory `folder`, about each state of a stack once.

    `find` returns the program, or raises CannotRun.
    """

    find: Callable[[], Compose]
    folder: Path
    _readings: dict[Texts, Reading] = field(default_factory=dict)

    def read(self, stack: Stack) -> Reading:
        """Return how Compose reads a stack; raises CannotCopy and CannotRun."""
        key = texts(stack)
        if key not in self._readings:
            place = self.folder / "project"
            try:
                self._readings[key] = self._ask(stack, copy(stack, place))
            finally:
                shutil.rmtree(place, ignore_errors=True)
        return self._readings[key]

    def _ask(self, stack: Stack, project: Copy) -> Reading:
        nothing = self.folder / "nothing.env"
        nothing.touch()
        options = ("config", "--no-interpolate", "--format", "json")
        answer = self._run(project, nothing, *_ALL, *options)
        if not answer.taken:
            return Reading(None, answer.said, answer.said)
        try:
            model = json.loads(answer.output.replace(str(project.folder), "."))
            there = json.loads(answer.output)
        except ValueError:
            raise CannotRun(f"{self.find().path} printed no model") from None
        if not stack.project.services.keys() <= (model.get("services") or {}).keys():
            raise CannotRun(f"{self.find().path} does not show every service")
        if not _make_env_files(project, there):
            return Reading(model, notes=(_AS_WRITTEN,))
        return self._with_values(stack, project, model)

    def _with_values(self, stack: Stack, project: Copy, model: Any) -> Reading:
        """Ask again with the variables' values, or stand-ins, where they are needed."""
        values = self.folder / "values.env"
        secret = write_values(stack, values, {})
        every = self._run(project, values, *_ALL, "config", "-q")
        notes: tuple[str, ...] = ()
        if not every.taken and (names := self._missing(stack, project, values, every)):
            every = self._run(project, values, *_ALL, "config", "-q")
            notes = (f"stand-ins for {', '.join(sorted(names))}",)
        plain = self._run(project, values, "config", "-q")
        values.unlink()
        refused, refused_plain = (
            "" if one.taken else _HIDDEN if secret else one.said for one in (every, plain)
        )
        return Reading(model, refused, refused_plain, notes)

    def _missing(self, stack: Stack, project: Copy, values: Path, answer: _Answer) -> set[str]:
        """Find a stand-in with which Compose takes the project, for every variable that it misses.

        Leaves the values written, and returns the names.
        """
        names: set[str] = set()
        for value in _STAND_INS if answer.without_value else ():
            for _ in range(_MAX_STAND_INS):
                names |= answer.without_value
                write_values(stack, values, dict.fromkeys(names, value))
                answer = self._run(project, values, *_ALL, "config", "-q")
                if answer.without_value <= names:
                    break
            if answer.taken:
                break
        return names

    def _run(self, project: Copy, values: Path, *options: str) -> _Answer:
        arguments = ("--env-file", str(values), *project.arguments, *options)
        done = self.find().ask(project.folder, self.folder, *arguments)
        lines = [line for line in done.errors.splitlines() if line.strip()]
        said = (lines or ["no words"])[-1].replace(str(project.folder), ".")
        said = said.replace(str(self.folder), "")[:_SHOWN]
        found = (name for one in _WITHOUT_VALUE for name in one.findall(done.errors))
        return _Answer(done.status == 0, done.output, said, frozenset(found))


@dataclass(frozen=True, slots=True)
class _Answer:
    """What Compose answered: the last line it said, and the variables that it misses."""

    taken: bool
    output: str
    said: str
    without_value: frozenset[str]


def texts(stack: Stack) -> Texts:
    """Return what tells one state of a stack's compose files from another."""
    trees = [one.tree for one in stack.project.documents]
    trees += [part.tree for one in stack.project.services.values() for part in one.parts]
    return frozenset((tree.source.path, tree.source.text) for tree in trees)


def _make_env_files(project: Copy, model: Any) -> bool:
    """Create what services take their environment from, empty.

    False where a variable names such a file. Raises CannotCopy for one outside of the project.
    """
    for path in _env_files(model):
        if "$" in path:
            return False
        inside = relative(project.folder, path)
        if inside is None:
            raise CannotCopy("a service takes its environment from outside of the project")
        make_empty(project.folder, inside)
    return True


def _env_files(model: Any) -> Iterator[str]:
    for service in (model.get("services") or {}).values():
        for one in (*service.get("env_file", ()), *service.get("label_file", ())):
            yield one["path"] if isinstance(one, dict) else one
