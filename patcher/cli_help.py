"""Help for people: options in groups, and examples as they are typed.

Plain text, which every terminal and screen reader takes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import typer
from typer.core import TyperCommand, TyperGroup

if TYPE_CHECKING:
    from typer._click import Context, HelpFormatter

FILES: Final = "Which files"
RULES: Final = "Which rules and fixes"
REPORT: Final = "The report"
PROOF: Final = "The proof"
GROUPS: Final = ("Arguments", "Options", FILES, RULES, PROOF, REPORT)

Record = tuple[str, str]


class Command(TyperCommand):
    """A command whose help has its options in groups, and its epilog's lines as examples."""

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the groups."""
        _write_groups(grouped(self, ctx), formatter)

    def format_epilog(self, ctx: Context, formatter: HelpFormatter) -> None:  # noqa: ARG002
        """Write the examples, each on its line."""
        _write_examples(self.epilog, formatter)


class Group(TyperGroup):
    """The program, likewise."""

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the commands, then the groups of options."""
        self.format_commands(ctx, formatter)
        _write_groups(grouped(self, ctx), formatter)

    def format_epilog(self, ctx: Context, formatter: HelpFormatter) -> None:  # noqa: ARG002
        """Write the examples, each on its line."""
        _write_examples(self.epilog, formatter)


class App(typer.Typer):
    """The program's commands, all with this help."""

    def command(self, name: str | None = None, **settings: Any) -> Callable[..., Any]:
        """Register a command; each line of `epilog` is an example: `command  # what it does`."""
        return super().command(name, **{"cls": Command, **settings})


def grouped(command: TyperCommand | TyperGroup, ctx: Context) -> dict[str, list[Record]]:
    """Return the arguments and options of a command by their group, each with its help."""
    groups: dict[str, list[Record]] = {name: [] for name in GROUPS}
    for param in command.get_params(ctx):
        otherwise = "Arguments" if param.param_type_name == "argument" else "Options"
        if record := param.get_help_record(ctx):
            groups[getattr(param, "rich_help_panel", None) or otherwise].append(record)
    return {name: records for name, records in groups.items() if records}


def _write_groups(groups: dict[str, list[Record]], formatter: HelpFormatter) -> None:
    for name, records in groups.items():
        with formatter.section(name):
            formatter.write_dl(records)


def _write_examples(epilog: str | None, formatter: HelpFormatter) -> None:
    if epilog:
        with formatter.section("Examples"):
            for line in epilog.strip().split("\n"):
                formatter.write(f"  {line.strip()}\n")
