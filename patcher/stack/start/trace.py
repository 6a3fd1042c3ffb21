"""Follows a start through its scripts: a bounded walk that yields every command reached."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from functools import cache
from typing import Final

from patcher.lang.shell import Comment, SimpleCommand, read_script
from patcher.once import once_each
from patcher.patterns import regex
from patcher.records import dataclass
from patcher.stack.start.follow import Missing, Program, Script, follow, script_file
from patcher.stack.start.start import (
    MAX_SCRIPT,
    Invocation,
    Start,
    Step,
    implied_scripts,
    one_line,
    read_file,
    resolve,
)
from patcher.stack.start.wrappers import unwrap
from patcher.text import Source, Span

_MAX_DEPTH: Final = 8
_MAX_STEPS: Final = 10_000
_MAX_OPEN: Final = 32
_MAX_WORDS: Final = 500
_MAX_TEXT: Final = 4_000
_MAX_COMMENT: Final = 2_000
_ALL_ARGUMENTS: Final = frozenset(["$@", "$*", "${@}", "${*}"])
_ONE_ARGUMENT: Final = regex(r"\$([1-9])")


@dataclass(frozen=True, slots=True)
class Trace:
    """What a start runs: its steps, the source files of programs, and what is not known.

    `unread` names what is started but not in the repository: with something there, nobody can say
    that a command is *not* run.
    """

    steps: tuple[Step, ...]
    programs: tuple[Source, ...]
    unread: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a command stands, and the arguments of the script it is in with their own place."""

    source: Source
    span: Span
    text: str
    workdir: str
    depth: int = 0
    arguments: tuple[str, ...] = ()
    caller: _Place | None = None


@once_each
def trace(start: Start) -> Trace:
    """Return what `start` runs. Bounded: 8 scripts deep, 10,000 commands, scripts up to 128 KiB.

    Every branch of a condition counts as run: the operator has a switch there, and nobody can be
    certain that it is off. So does the command, also where the entrypoint does not pass it on.
    """
    walk = _Walk(start)
    if start.command is not None:
        walk.invocation(start.command, ())
        walk.walked = unwrap(_exec_words(start.command)).words
    if start.entrypoint is not None:
        walk.invocation(start.entrypoint, _exec_words(start.command))
    for path in implied_scripts(start):
        walk.implied(path)
    return Trace(tuple(walk.steps), tuple(walk.programs), tuple(walk.unread))


def runs_arguments(start: Start) -> bool:
    """Tell whether another command given to the container would run: the entrypoint passes it on.

    True without entrypoint, for `tini --` and the like, and for a script that runs `"$@"`.
    """
    if start.entrypoint is None or start.entrypoint.shell:
        return start.entrypoint is None
    probe = ("hanna-fix-probe",)
    walk = _Walk(start)
    walk.invocation(start.entrypoint, probe)
    return any(step.words == probe for step in walk.steps)


def _exec_words(command: Invocation | None) -> tuple[str, ...]:
    if command is None:
        return ()
    return ("/bin/sh", "-c", *command.words) if command.shell else command.words


class _Walk:
    def __init__(self, start: Start) -> None:
        self.start = start
        self.steps: dict[Step, None] = {}
        self.programs: dict[Source, None] = {}
        self.unread: dict[str, None] = {}
        self.open: list[str] = []
        self.walked: tuple[str, ...] = ()
        self.budget = _MAX_STEPS
        self.read = cache(read_script)

    def invocation(self, invocation: Invocation, more: tuple[str, ...]) -> None:
        text, workdir = " ".join(invocation.words), self.start.workdir or "/"
        place = _Place(invocation.source, invocation.span, text, workdir)
        if invocation.shell:
            self._script(Script(text, workdir, passes=False), place)
        else:
            self._command((*invocation.words, *more), place)

    def implied(self, path: str) -> None:
        source = read_file(self.start, path)
        if source is not None:
            folder = posixpath.dirname(path)
            self._script(script_file(source, folder), _Place(source, Span(0, 0), "", folder))

    def _command(self, words: tuple[str, ...], place: _Place) -> None:
        unwrapped = unwrap(words[:_MAX_WORDS])
        own = unwrapped.words
        if not own or own == self.walked or place.depth > _MAX_DEPTH or not self._spend():
            return
        if own[0] in _ALL_ARGUMENTS:
            self._passed_on(own, place)
            return
        self._record(own, unwrapped.runner, place, live=True)
        if "--" in own and "/" in own[0]:  # an unknown `./wait.sh host -- command`
            inner = replace(place, depth=place.depth + 1)
            self._command(own[own.index("--") + 1 :], inner)
        for started in follow(self.start, own, place.workdir):
            if not self._spend():
                break
            if isinstance(started, Script):
                self._script(started, place)
            elif isinstance(started, Program):
                self.programs[started.source] = None
            else:
                self._miss(started)

    def _miss(self, missing: Missing) -> None:
        self.unread[missing.name] = None

    def _spend(self) -> bool:
        self.budget -= 1
        if self.budget < 0:
            self.unread["the rest of a very long script"] = None
        return self.budget >= 0

    def _passed_on(self, words: tuple[str, ...], place: _Place) -> None:
        """Run the script's own arguments, at the place that they come from."""
        given = (*place.arguments, *words[1:])
        if place.caller is not None:
            self._command(given[1:] if given[:1] == ("--",) else given, place.caller)

    def _record(
        self, words: tuple[str, ...], runner: tuple[str, ...], place: _Place, *, live: bool
    ) -> None:
        text = one_line(place.text[:_MAX_TEXT])
        step = Step(words, runner, live, text, place.source, place.span, place.workdir)
        self.steps[step] = None

    def _script(self, script: Script, place: _Place) -> None:
        deep = place.depth >= _MAX_DEPTH or len(self.open) >= _MAX_OPEN
        if deep or (script.key and script.key in self.open):
            return
        if len(script.text) > MAX_SCRIPT:
            self._miss(Missing("a very long script"))
            return
        self.open.append(script.key)
        inner = replace(
            place,
            source=script.source or place.source,
            workdir=script.workdir,
            depth=place.depth + 1,
            arguments=script.arguments if script.passes else (),
            caller=place if script.passes else None,
        )
        read = self.read(script.text)
        for command in read.commands:
            if not self._spend():
                break
            inner = self._step(command, script, inner)
        for comment in read.comments:
            if not self._spend():
                break
            self._commented(comment, script, inner)
        self.open.pop()

    def _step(self, command: SimpleCommand, script: Script, place: _Place) -> _Place:
        """Walk one command and return the place of the next: `cd` moves it."""
        if command.words[0] == "cd" and len(command.words) > 1:
            folder = resolve(place.workdir, command.words[1])
            return replace(place, workdir=folder) if folder else place
        text = script.text[command.span.start : command.span.end]
        at = replace(place, span=_located(command.span, script, place), text=text)
        self._command(_positional(command.words, place.arguments), at)
        return place

    def _commented(self, comment: Comment, script: Script, place: _Place) -> None:
        body = script.text[comment.body.start : comment.body.end]
        if len(body) > _MAX_COMMENT:
            return
        for command in self.read(body).commands:
            own = unwrap(command.words)
            if own.words:
                first = comment.body.start
                span = Span(first + command.span.start, first + command.span.end)
                text = body[command.span.start : command.span.end]
                at = replace(place, span=_located(span, script, place), text=text)
                self._record(own.words, own.runner, at, live=False)


def _located(span: Span, script: Script, place: _Place) -> Span:
    if script.source is None or script.offset is None:
        return script.span or place.span
    return Span(script.offset + span.start, script.offset + span.end)


def _positional(words: tuple[str, ...], arguments: tuple[str, ...]) -> tuple[str, ...]:
    """Put a script's arguments where its words name them; a lone `"$@"` is left to be followed."""
    lone = len(words) - len(unwrap(words).words)
    found: list[str] = []
    for index, word in enumerate(words):
        number = _ONE_ARGUMENT.fullmatch(word)
        if word in _ALL_ARGUMENTS and index != lone:
            found += arguments
        elif number and int(number[1]) <= len(arguments):
            found.append(arguments[int(number[1]) - 1])
        else:
            found.append(word)
    return tuple(found)
