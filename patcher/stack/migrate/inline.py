"""Migrations that a server's own command runs first, and the command without them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from patcher.lang.edit_error import CannotEdit
from patcher.lang.shell import SimpleCommand, read_script
from patcher.lang.yaml_edit import replace_in_scalar
from patcher.patterns import regex
from patcher.records import dataclass
from patcher.stack.compose.service import Service
from patcher.stack.migrate.apps import App
from patcher.stack.migrate.migrations import MigrationCall
from patcher.stack.shell_entries import ShellEntry, shell_entries
from patcher.stack.start.commands import is_server, is_worker
from patcher.stack.start.trace import trace
from patcher.text import Edit

_FOLLOWED_BY: Final = ("&&", ";", "\n")
_MAKES: Final = regex(
    r"\bmakemigrations\b|\bdb (migrate|revision)\b|--autogenerate|\bmigrate dev\b"
    r"|\bmigrations?:(generate|create)\b"
)
# what opens and what closes a part of a script that may run or not, or more than once
_PARTS: Final = (
    (r"if", r"fi"),
    (r"do", r"done"),
    (r"case", r"esac"),
    (r"\{", r"\}"),
    (r"\(", r"\)"),
)


@dataclass(frozen=True, eq=False)
class Inline:
    """A migration that a service runs before its server."""

    service: Service
    call: MigrationCall


def inline_calls(app: App) -> Iterator[Inline]:
    """Yield the migrations that the app's services run before a server or worker of their own."""
    for service, call in app.calls:
        if call.live and service.name not in app.stack.jobs:
            steps = trace(app.stack.facts[service.name].start).steps
            if any(is_server(one.words) or is_worker(one.words) for one in steps if one.live):
                yield Inline(service, call)


def makes_migrations(inline: Inline, app: App) -> bool:
    """Whether a start writes new migrations itself: another container would not have them."""
    steps = trace(app.stack.facts[inline.service.name].start).steps
    return any(_MAKES.search(" ".join(one.words)) for one in steps if one.live)


def removal_edits(inline: Inline) -> tuple[Edit, ...]:
    """Return the edits that take a migration out of a service's command.

    Raises CannotEdit where it does not stand in a compose file, or the rest would not run as it
    did.
    """
    service, call = inline.service, inline.call
    for entry in shell_entries(service):
        value = entry.value.entry.value
        if entry.value.tree.source is call.source and value.start <= call.span.start < value.end:
            return _without(entry, call.text)
    if any(one.tree.source is call.source for one in service.parts):
        raise CannotEdit("it is no part of a shell command with other commands")
    raise CannotEdit(f"it stands in {call.source.path}, which is not edited")


def _without(entry: ShellEntry, call: str) -> tuple[Edit, ...]:
    words = r"\s+".join(map(re.escape, call.split()))
    found = list(re.finditer(rf"(?<!\S){words}\s*(&&|;|\n)\s*", entry.text))
    if len(found) != 1:
        raise CannotEdit("it does not stand once before the other commands")
    start, end = found[0].span()
    _refuse_unlike(entry.text, start, end)
    old = entry.text[start:end]
    for written in dict.fromkeys((old, old.replace("$", "$$"))):  # Compose's escape
        if entry.scalar.value.count(written) == 1:
            left = entry.scalar.value.replace(written, "")
            at = [entry.value.tree.routes(entry.scalar)[0]]
            tree = entry.value.tree
            return replace_in_scalar(tree, entry.scalar, written, "", value=left, at=at)
    raise CannotEdit("it is not written as the shell reads it")


def _refuse_unlike(text: str, start: int, end: int) -> None:
    """Refuse where the script would run anything else without the characters `[start, end)`."""
    before, after = text[:start], text[end:]
    for opening, closing in _PARTS:
        for part in (before, after):
            if _count(opening, part) != _count(closing, part):
                raise CannotEdit("it may run or not, as the script decides")
    if before.strip() and not re.search(r"(&&|;|\n)\s*$", before):
        raise CannotEdit("another command depends on it")
    commands = list(read_script(text).commands)
    gone = [one for one in commands if start <= one.span.start < end]
    kept = [one.words for one in commands if one not in gone]
    same = [one.words for one in read_script(before + after).commands] == kept
    if len(gone) != 1 or gone[0].after not in _FOLLOWED_BY or not same or _waits(commands, gone[0]):
        raise CannotEdit("another command depends on it")


def _count(word: str, text: str) -> int:
    return len(re.findall(rf"(?<![\w$]){word}(?![\w])", text))


def _waits(commands: list[SimpleCommand], gone: SimpleCommand) -> bool:
    """Whether the command runs only if the one before it failed."""
    index = commands.index(gone)
    return index > 0 and commands[index - 1].after not in _FOLLOWED_BY
