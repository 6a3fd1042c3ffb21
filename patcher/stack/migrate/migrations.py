"""Whether, and how, an application runs its database migrations.

Built to be silent when in doubt: whatever may migrate counts as a live call. That holds for a
branch that only runs with `RUN_MIGRATIONS=1` (the operator has a switch, and nobody can be certain
that it is off), for a program that merely is named like one, and for calls in the application's
own code.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from patcher.once import once_each
from patcher.patterns import regex
from patcher.records import dataclass
from patcher.stack.migrate.command import adapted, default
from patcher.stack.migrate.doubt import doubt
from patcher.stack.migrate.frameworks import FRAMEWORKS, IMAGE_PROGRAMS, OTHER, Framework
from patcher.stack.migrate.markers import holds
from patcher.stack.migrate.self_migration import self_migration
from patcher.stack.start.start import Start, Step, image_name, one_line
from patcher.stack.start.trace import Trace, trace
from patcher.stack.start.wrappers import basename, normalise, shell_text
from patcher.text import Source, Span

_ONLY_LOOKS: Final = frozenset(
    ["--check", "--plan", "--help", "-h", "--sql", "--pretend", "--dry-run", "--list"]
)
_MAY_MIGRATE: Final = regex(
    r"(?i)(?<!make)(?<!make[_-])(?<!show)migrat(?!e:(status|rollback|make|install|reset)"
    r"|ions?:(generate|create|revert|show))|\bdb[ :_-](upgrade|init|sync|prepare)\b"
    r"|\b(upgrade|init)[-_]?db\b|\bcreate[-_]db\b"
)
_NO_PROGRAM: Final = regex(
    r"echo|printf|cat|ls|mkdir|cp|mv|rm|test|\[\[?|export|unset|grep|chmod|chown|touch|log\w*|set"
    r"|tee|eval|concurrently|local|readonly|declare|find|git|curl|wget|exit|return|sleep|sed|awk|true|false|:|read|trap"
)
_REVISION: Final = regex(r"heads?|\w*@heads?|\+\d+|[0-9a-f]{6,40}")
_OPTION: Final = regex(r"[-$>|&]|[A-Za-z_]\w*=")


@dataclass(frozen=True, slots=True)
class MigrationCall:
    """One command that migrates; `live` is False for one that is commented out.

    `text` is the command as written, on one line. `span` counts characters of `source`.
    """

    framework: Framework
    live: bool
    text: str
    source: Source
    span: Span

    @property
    def place(self) -> Span:
        """The place of the command itself where its words stand once in `span`, else `span`."""
        words = r"\s+".join(map(re.escape, self.text.split()))
        found = list(re.finditer(words, self.source.at(self.span)))
        if len(found) != 1:
            return self.span
        start, end = (self.span.start + offset for offset in found[0].span())
        return Span(start, end)


def migration_calls(start: Start) -> tuple[MigrationCall, ...]:
    """Return what a container's start runs to migrate, and what of it is commented out."""
    start = _with_image_program(start)
    walked = trace(start)
    found = [call for step in walked.steps if (call := _call(step))]
    if not any(call.live for call in found):
        own = _own_code(start, walked)
        found += [own] if own else []
    return tuple(found)


def framework_of(start: Start) -> Framework | None:
    """Return the migration framework of the application, None where there is no sure sign of one.

    `migrate` of the result is fitted to the start: its interpreter, runner and paths.
    """
    return _framework(start)


def unread_scripts(start: Start) -> tuple[str, ...]:
    """Return what the start runs but the repository does not hold: it may well migrate."""
    return trace(_with_image_program(start)).unread


def certainty(start: Start, framework: Framework) -> str | None:
    """Return why the image may lack the migrate command; None where it is certain to have it.

    `framework` is a result of `framework_of` for this start.
    """
    return doubt(start, framework, trace(start).steps)


def matches(framework: Framework, words: tuple[str, ...]) -> bool:
    """Tell whether `words` (program first, wrappers peeled) are one of the framework's calls."""
    if _ONLY_LOOKS.intersection(words):
        return False
    return any(_index_after(call, words) is not None for call in framework.calls)


def _index_after(call: tuple[str, ...], words: tuple[str, ...]) -> int | None:
    """Return the index behind the last word of `call` in `words`, where it occurs in order."""
    if not words or words[0] != call[0]:
        return None
    index = 1
    for wanted in call[1:]:
        if wanted not in words[index:]:
            return None
        index = words.index(wanted, index) + 1
    return index


def _call(step: Step) -> MigrationCall | None:
    words = normalise(step.words)
    framework = _called(step, words)
    if framework is None and step.live and _may_migrate(words):
        framework = OTHER
    if framework is None:
        return None
    return MigrationCall(framework, step.live, step.text, step.source, step.span)


def _called(step: Step, words: tuple[str, ...]) -> Framework | None:
    if basename(step.words) == "django":  # a word of prose; the program is `python -m django`
        return None
    known = (*FRAMEWORKS, OTHER) if step.live else FRAMEWORKS
    found = next((framework for framework in known if matches(framework, words)), None)
    if found is None or step.live or _is_command(found, words):
        return found
    return None


def _is_command(framework: Framework, words: tuple[str, ...]) -> bool:
    """Tell a commented-out command from a sentence that begins like one."""
    for call in framework.calls:
        index = _index_after(call, words)
        if index is not None:
            tail = words[index:]
            bare = [
                word
                for place, word in enumerate(tail)
                if not _OPTION.match(word) and not (place and tail[place - 1].startswith("-"))
            ]
            return all(_REVISION.fullmatch(word) for word in bare)
    return False


def _may_migrate(words: tuple[str, ...]) -> bool:
    if not words or _NO_PROGRAM.fullmatch(words[0]) or _ONLY_LOOKS.intersection(words):
        return False
    if shell_text(words) is not None:  # its commands are steps of their own
        return False
    return _MAY_MIGRATE.search(" ".join(words)) is not None


def _with_image_program(start: Start) -> Start:
    """Put the program of a migration tool's image before the command: it is the entrypoint."""
    program = IMAGE_PROGRAMS.get(image_name(start.image))
    if program is None or start.entrypoint is not None or start.command is None:
        return start
    return replace(start, command=replace(start.command, words=(program, *start.command.words)))


def _own_code(start: Start, walked: Trace) -> MigrationCall | None:
    framework = _framework(start)
    if framework is None:
        return None
    found = self_migration(start, framework.family, walked.steps, walked.programs)
    if found is None:
        return None
    source, span = found
    return MigrationCall(framework, True, one_line(source.at(span)), source, span)


@once_each
def _framework(start: Start) -> Framework | None:
    walked = trace(start)
    for step in walked.steps:
        words = normalise(step.words)
        framework = _called(step, words)
        if framework is not None and framework is not OTHER:
            return adapted(start, framework, step, walked.steps)
    for framework in FRAMEWORKS:
        if _marked(start, framework, walked.steps):
            return default(start, framework, walked.steps)
    return None


def _marked(start: Start, framework: Framework, steps: tuple[Step, ...]) -> bool:
    folder = start.workdir or "/"
    return any(
        all(holds(marker, start, steps, folder) for marker in group) for group in framework.markers
    )
