"""The options that every command takes, written once."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import fields
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from patcher.errors import UserError
from patcher.finding import Safety
from patcher.records import dataclass
from patcher.report.style import Color

Paths = list[str]


class Format(StrEnum):
    """How a command reports: for people, or for programs."""

    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True)
class Options:
    """The common options, as given."""

    directory: Annotated[
        Path | None,
        typer.Option("-C", "--directory", metavar="DIR", help="Project directory."),
    ] = None
    file: Annotated[
        Paths,
        typer.Option("-f", "--file", metavar="FILE", help="Compose file; repeat to merge."),
    ] = ()  # type: ignore[assignment]
    nginx: Annotated[
        Paths,
        typer.Option("--nginx", metavar="FILE", help="nginx file that no service mounts; repeat."),
    ] = ()  # type: ignore[assignment]
    select: Annotated[
        Paths,
        typer.Option("--select", metavar="RULE", help="Only these rules; repeat, or use commas."),
    ] = ()  # type: ignore[assignment]
    ignore: Annotated[
        Paths,
        typer.Option("--ignore", metavar="RULE", help="Leave these rules out."),
    ] = ()  # type: ignore[assignment]
    recursive: Annotated[
        bool, typer.Option("--recursive", help="Every stack below the directory.")
    ] = False
    unsafe: Annotated[
        bool,
        typer.Option("--unsafe", help="Also make fixes that may change behaviour beyond a fault."),
    ] = False
    exit_code: Annotated[
        bool,
        typer.Option("--exit-code", help="Exit with 1 where findings are left."),
    ] = False
    format: Annotated[
        Format, typer.Option("--format", help="Report for people, or for programs.")
    ] = Format.TEXT
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="No summary.")] = False
    verbose: Annotated[
        bool, typer.Option("-v", "--verbose", help="Tell more; on a bug, the traceback.")
    ] = False
    color: Annotated[Color, typer.Option("--color", help="Colour: auto is on a terminal only.")] = (
        Color.AUTO
    )

    @property
    def minimum(self) -> Safety:
        """How safe a fix must be to be made."""
        return Safety.UNSAFE if self.unsafe else Safety.SAFE

    def checked(self) -> Options:
        """Return these options; raises UserError for two that do not go together."""
        if self.recursive and (self.file or self.nginx):
            given = "-f" if self.file else "--nginx"
            todo = "name the directory of one stack with -C instead"
            raise UserError(f"{given} names files of one stack: not with --recursive", todo=todo)
        return self

    def over(self, outer: Options) -> Options:
        """Return these options, with those of `outer` where a command gives none of its own."""
        defaults = Options()
        own = {one.name: getattr(self, one.name) for one in fields(self)}
        merged = {
            name: getattr(outer, name) if value in (getattr(defaults, name), []) else value
            for name, value in own.items()
        }
        return Options(**merged).checked()


def with_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command, whose first parameter after the context is `options`, all common options."""
    own = inspect.signature(command)
    shared = [
        inspect.Parameter(
            one.name, inspect.Parameter.KEYWORD_ONLY, default=_default(one.default), annotation=hint
        )
        for one, hint in zip(fields(Options), _hints(), strict=True)
    ]
    hints = get_type_hints(command, include_extras=True)
    parameters = [
        one.replace(annotation=hints[one.name])
        for one in own.parameters.values()
        if one.name != "options"
    ]

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        given = {one.name: kwargs.pop(one.name) for one in fields(Options)}
        return command(*args, options=Options(**given), **kwargs)

    signature = own.replace(parameters=[*parameters, *shared])
    wrapped.__signature__ = signature  # type: ignore[attr-defined]
    wrapped.__annotations__ = {one.name: one.annotation for one in signature.parameters.values()}
    return wrapped


def _default(value: Any) -> Any:
    return [] if value == () else value


def _hints() -> list[Any]:
    hints = get_type_hints(Options, include_extras=True)
    return [hints[one.name] for one in fields(Options)]
