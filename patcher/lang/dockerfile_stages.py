"""The stages of a Dockerfile: their names, base images, and which of them builds on which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from patcher.errors import UserError
from patcher.lang.dockerfile_read import Instruction
from patcher.lang.dockerfile_words import assignments, expand, flags_and_rest, split_words
from patcher.records import dataclass
from patcher.text import Source


@dataclass(frozen=True, slots=True)
class Stage:
    """One FROM and what follows it; `parent` is the index of the earlier stage it builds on."""

    name: str | None
    image: str
    parent: int | None
    instructions: list[Instruction] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Stages:
    """All stages in order, and the values of the ARGs before the first FROM."""

    source: Source
    stages: list[Stage]
    global_args: dict[str, str]

    def chain(self, target: str | None) -> list[Stage]:
        """Return the stages that make up `target` (a name or an index; None: the last).

        The one on the external base image comes first. Raises UserError where there is no such
        stage.
        """
        index: int | None = self._index(target)
        found: list[Stage] = []
        while index is not None:
            found.append(self.stages[index])
            index = found[-1].parent
        return found[::-1]

    def _index(self, target: str | None) -> int:
        if target is None:
            return len(self.stages) - 1
        index = _named(self.stages, target)
        if index is not None:
            return index
        if target.isdecimal() and target.isascii() and int(target) < len(self.stages):
            return int(target)
        names = ", ".join(stage.name for stage in self.stages if stage.name) or "none has a name"
        raise UserError(
            f"no stage {target}", todo=f"use one of its stages: {names}", path=self.source.path
        )


def split_stages(
    source: Source, instructions: list[Instruction], escape: str, args: Mapping[str, str]
) -> Stages:
    """Split into stages; `args` are build arguments, which win over the defaults of ARG.

    Raises UserError where there is no FROM and where one names no image.
    """
    stages: list[Stage] = []
    by_name: dict[str, int] = {}
    global_args: dict[str, str] = {}
    for instruction in instructions:
        if instruction.name == "FROM":
            stages.append(_stage(source, instruction, escape, global_args, by_name))
            if stages[-1].name is not None:
                by_name[stages[-1].name.lower()] = len(stages) - 1
        elif stages:
            stages[-1].instructions.append(instruction)
        elif instruction.name == "ARG":
            _declare(instruction, escape, args, global_args)
    if not stages:
        raise UserError("no FROM", todo="name a base image", path=source.path, line=1)
    return Stages(source, stages, global_args)


def _stage(
    source: Source,
    instruction: Instruction,
    escape: str,
    scope: Mapping[str, str],
    by_name: Mapping[str, int],
) -> Stage:
    words = split_words(flags_and_rest(instruction.value)[1], escape)
    if not words:
        line = source.line_column(instruction.span.start)[0]
        raise UserError("FROM without an image", todo="name one", path=source.path, line=line)
    image = expand(words[0], scope, escape)
    name = words[2] if len(words) > 2 and words[1].lower() == "as" else None
    return Stage(name, image, by_name.get(image.lower()))


def _declare(
    instruction: Instruction, escape: str, args: Mapping[str, str], values: dict[str, str]
) -> None:
    for name, default in assignments(instruction.value, escape):
        if name in args:
            values[name] = args[name]
        elif default is not None:
            values[name] = expand(default, values, escape)


def _named(stages: list[Stage], name: str) -> int | None:
    """Return the last stage of that name; upper and lower case count as one."""
    for index in range(len(stages) - 1, -1, -1):
        if (stages[index].name or "").lower() == name.lower():
            return index
    return None
