"""Write the man page from the commands themselves: part of `python -m tests.docs`.

Source: man-pages(7), groff_man(7).
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from typing import Final

import typer
from typer.core import TyperCommand, TyperGroup

from patcher.cli import app
from patcher.cli_help import Record, grouped
from tests.stacks import ROOT

PAGE: Final = ROOT / "docs" / "man" / "hanna-fix.1"

_TAIL: Final = """\
.SH EXIT STATUS
.TP
.B 0
Done, or nothing to do.
.TP
.B 1
Findings: from check, and with \\-\\-exit\\-code where some are held or left.
.TP
.B 2
Your input, told in one line: place, what is wrong, what to do. No file is changed.
.TP
.B 3
A bug in hanna-fix, told in one line.
.SH FILES
.TP
.I .hanna\\-fix.toml
The settings of a project; pyproject.toml may hold them, too, under [tool.hanna\\-fix].
.TP
.I .hanna\\-fix.journal
While apply writes: what it undoes, should it be cut off.
.SH ENVIRONMENT
.TP
.BR COMPOSE_FILE ", " COMPOSE_PATH_SEPARATOR
Which compose files to read, as docker compose has it.
.TP
.BR NO_COLOR ", " FORCE_COLOR ", " TERM
No colour where NO_COLOR is set, or TERM is dumb; colour without a terminal with FORCE_COLOR.
.TP
.B CI
Where it is set, no bar is shown.
.TP
.B GITHUB_STEP_SUMMARY
With \\-\\-format github, the file that gets the report for the page of the job.
.SH SEE ALSO
.BR docker (1),
.BR git\\-apply (1),
.BR nginx (8)
"""


def page() -> str:
    """Return the page."""
    program = typer.main.get_command(app)
    assert isinstance(program, TyperGroup)
    context = typer.Context(program, info_name="hanna-fix")
    shared = grouped(program, context)
    parts = [
        '.\\" Written by `python -m tests.docs` from the commands of the program.\n',
        ".TH HANNA\\-FIX 1\n",
        ".SH NAME\n",
        f"hanna\\-fix \\- {_roff('proven fixes for a Docker Compose stack behind nginx')}\n",
        ".SH SYNOPSIS\n",
        ".B hanna\\-fix\n[options] [command] [arguments]\n",
        ".SH DESCRIPTION\n",
        _paragraphs(program.help or ""),
        ".SH COMMANDS\n",
        *_commands(program, context, shared),
        ".SH OPTIONS\nEvery command but rules and explain takes these, before or after its name.\n",
        *_groups(shared),
        ".SH EXAMPLES\n",
        *_examples(program),
        _TAIL,
    ]
    return "".join(parts)


def _commands(
    program: TyperGroup, context: typer.Context, shared: dict[str, list[Record]]
) -> Iterator[str]:
    known = {record for records in shared.values() for record in records}
    for name, command in program.commands.items():
        assert isinstance(command, TyperCommand)
        inner = typer.Context(command, info_name=name, parent=context)
        yield f".SS {_roff(name)}\n"
        yield _paragraphs(command.help or "")
        own = grouped(command, inner).values()
        yield from _records(one for records in own for one in records if one not in known)
        yield from _examples(command)


def _groups(groups: dict[str, list[Record]]) -> Iterator[str]:
    for name, records in groups.items():
        yield f".SS {_roff(name)}\n"
        yield from _records(records)


def _records(records: Iterable[Record]) -> Iterator[str]:
    for names, told in records:
        yield f".TP\n.B {_roff(names)}\n{_roff(told)}\n"


def _examples(command: TyperCommand | TyperGroup) -> Iterator[str]:
    lines = (command.epilog or "").strip().splitlines()
    yield ".PP\n.EX\n"
    yield from (f"    {_roff(line)}\n" for line in lines)
    yield ".EE\n"


def _paragraphs(text: str) -> str:
    parts = inspect.cleandoc(text).split("\n\n")
    return "".join(f".PP\n{_roff(' '.join(part.split()))}\n" for part in parts)


def _roff(text: str) -> str:
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped
