"""The project put to Compose, before and after: it must see the declared changes, and no other."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from patcher.engine.outcome import Fixed
from patcher.engine.statement import Statement, Status
from patcher.prove.compose_model import declared, undeclared
from patcher.prove.compose_place import CannotCopy, Copy, copy, make_empty, relative, write_values
from patcher.prove.compose_program import Compose
from patcher.prove.private import CannotRun
from patcher.stack.stack import Stack

PROGRAM: Final = "Docker Compose"

_ALL: Final = ("--profile", "*")
_STAND_IN: Final = "1"
_MAX_STAND_INS: Final = 60
_REQUIRED: Final = re.compile(r"required variable (\w+) is missing a value")
_HIDDEN: Final = "words that may hold values of .env are not shown; see `docker compose config -q`"
_WITHOUT_VALUES: Final = "variables as written, because one names an env file"
_SAID: Final = "takes the project before and after, and sees every declared change and no other"
_SHOWN: Final = 300


@dataclass(frozen=True, slots=True)
class Reading:
    """How Compose reads a project.

    `model` is its merged model with variables as written, None where it is refused. `refused` and
    `refused_plain` are why it refuses the project with the variables' values, all profiles on or
    none; empty where it takes it.
    """

    model: Any
    refused: str
    refused_plain: str
    notes: tuple[str, ...] = ()


@dataclass
class ComposeProof:
    """Asks Compose, in the private directory `folder`, about each state of a stack once.

    `find` returns the program, or raises CannotRun.
    """

    find: Callable[[], Compose]
    folder: Path
    _readings: dict[frozenset[tuple[str, str]], Reading] = field(default_factory=dict)

    def examine(self, before: Stack, after: Stack, fixed: Sequence[Fixed]) -> Statement | None:
        """Return what Compose says of the fixes; None where they change no compose file."""
        if _texts(before) == _texts(after):
            return None
        version = ""
        try:
            version = self.find().version
            status, said, notes = self._compared(before, after, fixed)
        except (CannotCopy, CannotRun) as error:
            status, said, notes = Status.UNPROVEN, str(error), ()
        return Statement(PROGRAM, version, "", status, said, notes)

    def _compared(
        self, before: Stack, after: Stack, fixed: Sequence[Fixed]
    ) -> tuple[Status, str, tuple[str, ...]]:
        old, new = self._read(before), self._read(after)
        pairs = (old.refused, new.refused), (old.refused_plain, new.refused_plain)
        if worse := [now for was, now in pairs if now and not was]:
            return Status.REFUTED, f"Compose took the project before, and now: {worse[0]}", ()
        if old.refused and new.refused:
            return Status.FAILED_BEFORE, f"failed before the fix as well: {old.refused}", ()
        if old.model is None or new.model is None:
            return Status.PROVEN, f"takes the project, and refused it before: {old.refused}", ()
        if saw := next(undeclared(old.model, new.model, declared(after, fixed)), None):
            return Status.REFUTED, f"in Compose's model {saw}", ()
        return Status.PROVEN, _SAID, new.notes

    def _read(self, stack: Stack) -> Reading:
        key = _texts(stack)
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
        status, output, said = self._run(project, nothing, *_ALL, *options)
        if status != 0:
            return Reading(None, said, said)
        try:
            model, there = json.loads(output.replace(str(project.folder), ".")), json.loads(output)
        except ValueError:
            raise CannotRun(f"{self.find().path} printed no model") from None
        if not stack.project.services.keys() <= (model.get("services") or {}).keys():
            raise CannotRun(f"{self.find().path} does not show every service")
        if not _make_env_files(project, there):
            return Reading(model, "", "", (_WITHOUT_VALUES,))
        return self._ask_with_values(stack, project, model)

    def _ask_with_values(self, stack: Stack, project: Copy, model: Any) -> Reading:
        """Ask again with the variables' values; what has none gets a stand-in."""
        values = self.folder / "values.env"
        stand_ins: dict[str, str] = {}
        for _ in range(_MAX_STAND_INS):
            secret = write_values(stack, values, stand_ins)
            status, _, said = self._run(project, values, *_ALL, "config", "-q")
            missing = _REQUIRED.search(said) if status else None
            if missing is None or missing[1] in stand_ins:
                break
            stand_ins[missing[1]] = _STAND_IN
        plain_status, _, plain = self._run(project, values, "config", "-q")
        values.unlink()
        notes = (f"stand-ins for {', '.join(stand_ins)}",) if stand_ins else ()
        refused, refused_plain = (
            (_HIDDEN if secret else words) if failed else ""
            for failed, words in ((status, said), (plain_status, plain))
        )
        return Reading(model, refused, refused_plain, notes)

    def _run(self, project: Copy, values: Path, *options: str) -> tuple[int, str, str]:
        arguments = ("--env-file", str(values), *project.arguments, *options)
        done = self.find().ask(project.folder, self.folder, *arguments)
        lines = [line for line in done.errors.splitlines() if line.strip()]
        said = (lines or ["no words"])[-1].replace(str(project.folder), ".")
        return done.status, done.output, said.replace(str(self.folder), "")[:_SHOWN]


def _texts(stack: Stack) -> frozenset[tuple[str, str]]:
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
