"""The options that every command takes, written once."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from dataclasses import fields
from functools import wraps
from pathlib import Path, PureWindowsPath
from typing import Annotated, Any, Final, get_type_hints, overload

import typer

from patcher.cli_help import FILES, REPORT, RULES
from patcher.errors import UserError
from patcher.finding import Safety
from patcher.records import dataclass
from patcher.report.formats import Format, check_statistics
from patcher.report.style import Color

Paths = list[str]


def rule_names(incomplete: str) -> list[tuple[str, str]]:
    """Return the rules whose ids begin so, with what they find, for the shell's completion."""
    from patcher.rules import all_rules

    return [(one.id, one.summary) for one in all_rules() if one.id.startswith(incomplete)]


Output = Annotated[
    str | None,
    typer.Option(
        "-o", "--output", metavar="FILE", help="Write the report there.", rich_help_panel=REPORT
    ),
]
Statistics = Annotated[
    bool,
    typer.Option(
        "--statistics", help="Counts by rule in place of findings.", rich_help_panel=REPORT
    ),
]


Interactive = Annotated[
    bool, typer.Option("-i", "--interactive", help="Show each fix, and ask before it is made.")
]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a report: the file to write it to, and counts in place of findings."""

    output: str | None = None
    statistics: bool = False

    def checked(self, options: Options) -> Wanted:
        """Return this; raises UserError where the format has no place for counts."""
        check_statistics(options.format, statistics=self.statistics)
        return self


NOTHING_MORE: Final = Wanted()


@dataclass(frozen=True)
class Files:
    """Which files are read, as given."""

    directory: Annotated[
        Path | None,
        typer.Option(
            "-C", "--directory", metavar="DIR", help="The project directory.", rich_help_panel=FILES
        ),
    ] = None
    file: Annotated[
        Paths,
        typer.Option(
            "-f",
            "--file",
            metavar="FILE",
            help="A compose file; repeat to merge.",
            rich_help_panel=FILES,
        ),
    ] = ()  # type: ignore[assignment]
    nginx: Annotated[
        Paths,
        typer.Option(
            "--nginx",
            metavar="FILE",
            help="An nginx file that no service mounts; repeat.",
            rich_help_panel=FILES,
        ),
    ] = ()  # type: ignore[assignment]


@dataclass(frozen=True)
class Options(Files):
    """The common options, as given."""

    select: Annotated[
        Paths,
        typer.Option(
            "--select",
            metavar="RULE",
            help="Only these rules; repeat, or use commas.",
            autocompletion=rule_names,
            rich_help_panel=RULES,
        ),
    ] = ()  # type: ignore[assignment]
    ignore: Annotated[
        Paths,
        typer.Option(
            "--ignore",
            metavar="RULE",
            help="Leave these rules out.",
            autocompletion=rule_names,
            rich_help_panel=RULES,
        ),
    ] = ()  # type: ignore[assignment]
    recursive: Annotated[
        bool,
        typer.Option("--recursive", help="Every stack below the directory.", rich_help_panel=FILES),
    ] = False
    unsafe: Annotated[
        bool,
        typer.Option(
            "--unsafe",
            help="Also make fixes that may change behaviour beyond a fault.",
            rich_help_panel=RULES,
        ),
    ] = False
    exit_code: Annotated[
        bool,
        typer.Option(
            "--exit-code", help="Exit with 1 where findings are left.", rich_help_panel=REPORT
        ),
    ] = False
    format: Annotated[
        Format,
        typer.Option(
            "--format", metavar="FORMAT", help=f"{', '.join(Format)}.", rich_help_panel=REPORT
        ),
    ] = Format.TEXT
    quiet: Annotated[
        bool, typer.Option("-q", "--quiet", help="No summary.", rich_help_panel=REPORT)
    ] = False
    verbose: Annotated[
        bool,
        typer.Option(
            "-v", "--verbose", help="Tell more; on a bug, the traceback.", rich_help_panel=REPORT
        ),
    ] = False
    color: Annotated[
        Color,
        typer.Option("--color", help="Colour: auto is on a terminal only.", rich_help_panel=REPORT),
    ] = Color.AUTO

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
        merged |= {name: [posix(one) for one in merged[name]] for name in ("file", "nginx")}
        return Options(**merged).checked()


@overload
def posix(path: str, *, windows: bool = ...) -> str: ...
@overload
def posix(path: None, *, windows: bool = ...) -> None: ...
def posix(path: str | None, *, windows: bool = os.name == "nt") -> str | None:
    """Return a path as the project's files are named: on Windows a backslash parts names, too."""
    return PureWindowsPath(path).as_posix() if windows and path is not None else path


def with_group(group: type[Any], name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator: the command's parameter `name` becomes all options of a dataclass."""

    def with_options_of_group(command: Callable[..., Any]) -> Callable[..., Any]:
        own = inspect.signature(command)
        hints = get_type_hints(command, include_extras=True)
        parameters = [
            one.replace(annotation=hints[one.name])
            for one in own.parameters.values()
            if one.name != name
        ]

        @wraps(command)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            given = {one.name: kwargs.pop(one.name) for one in fields(group)}
            return command(*args, **{name: group(**given)}, **kwargs)

        signature = own.replace(parameters=[*parameters, *_parameters(group)])
        wrapped.__signature__ = signature  # type: ignore[attr-defined]
        wrapped.__annotations__ = {
            one.name: one.annotation for one in signature.parameters.values()
        }
        return wrapped

    return with_options_of_group


def _parameters(group: type[Any]) -> list[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    return [
        inspect.Parameter(
            one.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=[] if one.default == () else one.default,
            annotation=hints[one.name],
        )
        for one in fields(group)
    ]


with_files = with_group(Files, "files")
"""Give a command the options that name its files, as its parameter `files`."""

with_options = with_group(Options, "options")
"""Give a command all common options, as its parameter `options`."""
