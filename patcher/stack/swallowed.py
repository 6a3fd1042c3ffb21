"""A `#` that comments out the rest of a shell script, so that its server never starts.

Seen where a YAML scalar folds lines into one: the comment that ended with its line now ends with
the script.
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import Final

from patcher.lang.shell import Comment, SimpleCommand, read_script
from patcher.patterns import regex
from patcher.records import dataclass
from patcher.stack.start.commands import is_server, is_worker
from patcher.text import Span

_PREPARATION: Final = regex(
    r"cd|echo|printf|set|export|:|true|test|\[\[?|umask|ulimit|mkdir|chown|chmod|source|\."
    r"|sleep [\d.]+[smhd]?"
)
_TIMED: Final = frozenset(["sleep"])
_CHAIN: Final = frozenset(["&&", "||", "|"])


@dataclass(frozen=True, slots=True)
class Swallowed:
    """A server inside a comment. Spans count characters of the script text.

    `comment` is the whole comment. `dropped` runs from its `#` to the first command that comes
    back, white space before it included; `remaining` is the text without that. `certain` tells
    that nothing but the server is brought back; otherwise commands would run again that may have
    been left out on purpose.
    """

    comment: Span
    dropped: Span
    remaining: str
    certain: bool


def swallowed(text: str, written: str = "") -> Swallowed | None:
    """Return the comment that keeps a script from starting its server, None where none does.

    That is: nothing runs at all, or only preparation such as `cd`, or the last command before the
    comment ends in an operator that wants another one. A comment that is a server alone, with
    nothing to drop before it, was meant.

    `written` is what the file says, before its lines were folded: what stands on lines that begin
    with a `#` was meant as a comment, what stands on others was not. A comment on one line is taken
    to be meant up to its first `&&` or `;`.
    """
    script = read_script(text)
    last = max((one.span.start for one in script.commands), default=-1)
    if not _starts_nothing(script.commands):
        return None
    found = (_reading(text, one, written) for one in script.comments if one.span.start > last)
    return next((one for one in found if one is not None), None)


def comment_start(written: str, comment: str) -> int | None:
    """Return the offset in `written` of the `#` that begins `comment`, None where it is not clear.

    Compared are the first four words: the rest may be escaped, or hold variables.
    """
    words = [re.escape(word).replace(r"\$", r"\$+") for word in comment.split()[:4]]
    pattern = r"(?<![^\s\"';&|()])" + r"\s+".join(words)
    found = [match.start() for match in re.finditer(pattern, written)]
    return found[0] if len(found) == 1 else None


def _reading(text: str, comment: Comment, written: str) -> Swallowed | None:
    end = _own_lines_end(text, comment, written) or _first_command_end(text, comment)
    if end is None:
        return None
    back = read_script(text[end : comment.span.end]).commands
    if not back or not _goes_on(back[-1]):
        return None
    kept = text[: comment.span.start] + text[end:]
    return Swallowed(comment.span, Span(comment.span.start, end), kept, len(back) == 1)


def _own_lines_end(text: str, comment: Comment, written: str) -> int | None:
    """Return where the lines end that were comments before folding, if a server follows them."""
    start = comment_start(written, text[comment.span.start : comment.span.end])
    lines = [] if start is None else [line.strip() for line in written[start:].split("\n")]
    own = takewhile(lambda line: line.startswith("#"), lines)
    words = [re.escape(word) for line in own for word in line.split()]
    match = re.compile(r"\s+".join(words) + r"\s+").match(text, comment.span.start)
    if not words or match is None or match.end() >= comment.span.end:
        return None
    back = read_script(text[match.end() : comment.span.end]).commands
    return match.end() if back and _goes_on(back[-1]) else None


def _first_command_end(text: str, comment: Comment) -> int | None:
    inside = read_script(text[comment.body.start : comment.body.end]).commands
    if len(inside) < 2 or inside[0].after not in ("&&", ";") or _goes_on(inside[0]):
        return None
    return comment.body.start + inside[1].span.start


def _starts_nothing(before: tuple[SimpleCommand, ...]) -> bool:
    if before and before[-1].after in _CHAIN:
        return not any(_goes_on(command) for command in before)
    return all(_PREPARATION.fullmatch(_named(command)) for command in before)


def _named(command: SimpleCommand) -> str:
    """Return the program, with its arguments where they tell whether it ends."""
    return " ".join(command.words) if command.words[0] in _TIMED else command.words[0]


def _goes_on(command: SimpleCommand) -> bool:
    return is_server(command.words) or is_worker(command.words)
