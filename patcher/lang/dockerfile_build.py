"""Runs through a stage's instructions and gathers what they leave behind."""

from __future__ import annotations

import posixpath
import re
from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Final

from patcher.lang.dockerfile_model import Command, Copy, FinalStage
from patcher.lang.dockerfile_read import Instruction, is_heredoc
from patcher.lang.dockerfile_words import assignments, expand, flags_and_rest, json_words
from patcher.patterns import regex
from patcher.text import Source

_PORTS: Final = regex(r"([0-9]{1,5})(?:-([0-9]{1,5}))?(?:/tcp)?", re.IGNORECASE)
_MAX_PORT: Final = 65535


class Build:
    """The state of a build, stage after stage; a stage starts with what its parent left."""

    def __init__(
        self, global_args: Mapping[str, str], given_args: Mapping[str, str], escape: str
    ) -> None:
        self._global_args = global_args
        self._given_args = given_args
        self._escape = escape
        self._args: dict[str, str] = {}
        self._env: dict[str, str] = {}
        # ENV wins over ARG, wherever the two stand
        self._scope = ChainMap(self._env, self._args)
        self._workdir = "/"
        self._user = ""
        self._ports: list[range] = []
        self._commands: dict[str, Command | None] = {}
        self._has_own_cmd = False
        self._copies: list[Copy] = []
        self._runs: list[str] = []
        self._steps: dict[str, Callable[[Instruction], None]] = {
            "ARG": self._arg,
            "ENV": self._set_env,
            "WORKDIR": self._change_dir,
            "USER": self._set_user,
            "EXPOSE": self._expose,
            "CMD": self._cmd,
            "ENTRYPOINT": self._entrypoint,
            "HEALTHCHECK": self._healthcheck,
            "COPY": self._copy,
            "ADD": self._copy,
            "RUN": self._run,
        }

    def run(self, instructions: Iterable[Instruction]) -> None:
        """Take one stage's instructions in; those without facts for us (ONBUILD, LABEL) pass by."""
        self._has_own_cmd = False
        for instruction in instructions:
            step = self._steps.get(instruction.name)
            if step is not None:
                step(instruction)

    def facts(self, source: Source, image: str) -> FinalStage:
        """Return what the stages so far add up to."""
        # A hostile file can list all ports thousands of times over.
        ports = islice(chain.from_iterable(self._ports), _MAX_PORT)
        return FinalStage(
            source=source,
            image=image,
            workdir=self._workdir,
            user=self._user,
            env=self._env,
            expose=tuple(dict.fromkeys(ports)),
            cmd=self._commands.get("CMD"),
            entrypoint=self._commands.get("ENTRYPOINT"),
            healthcheck=self._commands.get("HEALTHCHECK"),
            copies=tuple(self._copies),
            runs=tuple(self._runs),
        )

    def _expand(self, text: str) -> str:
        return expand(text, self._scope, self._escape)

    def _arg(self, instruction: Instruction) -> None:
        for name, default in assignments(instruction.value, self._escape):
            if name in self._given_args:
                self._args[name] = self._given_args[name]
            elif default is not None:
                self._args[name] = self._expand(default)
            elif name in self._global_args:
                self._args[name] = self._global_args[name]

    def _set_env(self, instruction: Instruction) -> None:
        # all of one instruction's values see the state before it
        pairs = assignments(instruction.value, self._escape)
        self._env.update([(name, self._expand(value or "")) for name, value in pairs])

    def _change_dir(self, instruction: Instruction) -> None:
        self._workdir = _join(self._workdir, self._expand(instruction.value))

    def _set_user(self, instruction: Instruction) -> None:
        self._user = self._expand(instruction.value)

    def _expose(self, instruction: Instruction) -> None:
        self._ports += _port_ranges(self._expand(instruction.value))

    def _cmd(self, instruction: Instruction) -> None:
        self._has_own_cmd = True
        self._commands["CMD"] = _command(instruction, instruction.value)

    def _entrypoint(self, instruction: Instruction) -> None:
        self._commands["ENTRYPOINT"] = _command(instruction, instruction.value)
        if not self._has_own_cmd:
            self._commands["CMD"] = None

    def _healthcheck(self, instruction: Instruction) -> None:
        words = flags_and_rest(instruction.value)[1].split(None, 1)
        is_command = len(words) == 2 and words[0].upper() == "CMD"
        self._commands["HEALTHCHECK"] = _command(instruction, words[1]) if is_command else None

    def _copy(self, instruction: Instruction) -> None:
        flags, rest = flags_and_rest(instruction.value)
        words = [self._expand(word) for word in json_words(rest) or rest.split()]
        if len(words) < 2:
            return
        sources = tuple(word for word in words[:-1] if not is_heredoc(word))
        stage = self._expand(flags["from"]) if "from" in flags else None
        self._copies.append(Copy(sources, _destination(self._workdir, words[-1]), stage))

    def _run(self, instruction: Instruction) -> None:
        parts = (instruction.value, instruction.heredoc)
        self._runs.append("\n".join(part for part in parts if part))


def _command(instruction: Instruction, value: str) -> Command:
    words = json_words(value.strip())
    if words is None:
        return Command((value.strip(),), exec=False, span=instruction.span)
    return Command(words, exec=True, span=instruction.span)


def _join(folder: str, path: str) -> str:
    """Resolve `path` against `folder`; an unresolved variable may well be absolute, so stays."""
    joined = path if path.startswith("$") else posixpath.join(folder, path)
    normal = posixpath.normpath(joined)
    return normal[1:] if normal.startswith("//") else normal


def _destination(workdir: str, path: str) -> str:
    joined = _join(workdir, path)
    is_directory = path.endswith(("/", "/.")) or path == "."
    return f"{joined}/" if is_directory and joined != "/" else joined


def _port_ranges(text: str) -> Iterator[range]:
    for word in text.split():
        match = _PORTS.fullmatch(word)
        if match is None:
            continue
        first = int(match[1])
        last = int(match[2] or first)
        if 0 < first <= last <= _MAX_PORT:
            yield range(first, last + 1)
