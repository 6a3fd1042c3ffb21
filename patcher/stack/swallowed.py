"""A `#` that comments out the rest of a shell script, so that its server never starts.

Seen where a YAML scalar folds lines into one: the comment that ended with its line now ends with
the script.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from patcher.lang.shell import Comment, SimpleCommand, read_script
from patcher.stack.commands import is_server, is_worker
from patcher.text import Span

_PREPARATION: Final = re.compile(
    r"cd|echo|printf|set|export|sleep|:|true|test|\[\[?|umask|ulimit|mkdir|chown|chmod|source|\."
)
_CHAIN: Final = frozenset(["&&", "||", "|"])


@dataclass(frozen=True, slots=True)
class Swallowed:
    """A server inside a comment. Spans count characters of the script text.

    `comment` is the whole comment. `dropped` runs from its `#` to the first commented command's
    operator and the white space after it; `remaining` is the text without that. `certain` tells
    that the dropped command is a tool and that nothing but the server is brought back; otherwise
    commands would run again that may have been left out on purpose.
    """

    comment: Span
    dropped: Span
    remaining: str
    certain: bool


def swallowed(text: str) -> Swallowed | None:
    """Return the comment that keeps a script from starting its server, None where none does.

    That is: nothing runs at all, or only preparation such as `cd`, or the last command before the
    comment ends in an operator that wants another one. A comment that is a server alone, with
    nothing to drop before it, was meant.
    """
    script = read_script(text)
    last = max((one.span.start for one in script.commands), default=-1)
    if not _starts_nothing(script.commands):
        return None
    found = (_reading(text, one) for one in script.comments if one.span.start > last)
    return next((one for one in found if one is not None), None)


def _reading(text: str, comment: Comment) -> Swallowed | None:
    body = text[comment.body.start : comment.body.end]
    inside = read_script(body).commands
    if len(inside) < 2 or inside[0].after not in ("&&", ";") or _goes_on(inside[0]):
        return None
    if not _goes_on(inside[-1]):
        return None
    end = comment.body.start + inside[1].span.start
    kept = text[: comment.span.start] + text[end:]
    return Swallowed(comment.span, Span(comment.span.start, end), kept, len(inside) == 2)


def _starts_nothing(before: tuple[SimpleCommand, ...]) -> bool:
    if before and before[-1].after in _CHAIN:
        return not any(_goes_on(command) for command in before)
    return all(_PREPARATION.fullmatch(command.words[0]) for command in before)


def _goes_on(command: SimpleCommand) -> bool:
    return is_server(command.words) or is_worker(command.words)
