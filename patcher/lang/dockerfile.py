"""Dockerfiles: the facts of the final stage, the only one that runs.

Facts and rules are those of the Dockerfile reference (https://docs.docker.com/reference/dockerfile/).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from patcher.lang.cache import cached_by_length
from patcher.lang.dockerfile_build import Build
from patcher.lang.dockerfile_model import Command, Copy, FinalStage
from patcher.lang.dockerfile_read import read
from patcher.lang.dockerfile_stages import split_stages
from patcher.text import Source

__all__ = ["Command", "Copy", "FinalStage", "parse"]

_NO_ARGS: Final[Mapping[str, str]] = MappingProxyType({})


def parse(
    source: Source, *, target: str | None = None, args: Mapping[str, str] = _NO_ARGS
) -> FinalStage:
    """Return the facts of the last stage, or of the stage `target` (Compose's `build.target`).

    `args` are the build arguments given from outside (Compose's `build.args`); they win over the
    defaults of ARG. Nothing is read but `source`. Raises UserError with path and line where there
    is no FROM, a stage is not found, a here-document has no end, or the text is over 256 Ki
    characters.
    """
    return _parsed(source, target, tuple(args.items()))


@cached_by_length(lambda source, *_: len(source.text))
def _parsed(source: Source, target: str | None, given: tuple[tuple[str, str], ...]) -> FinalStage:
    args = dict(given)
    instructions, escape = read(source)
    stages = split_stages(source, instructions, escape, args)
    chain = stages.chain(target)
    build = Build(stages.global_args, args, escape)
    for stage in chain:
        build.run(stage.instructions)
    return build.facts(source, chain[0].image)
