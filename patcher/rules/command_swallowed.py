"""A `#` comments out the rest of a shell command, so the container ends at once.

## What it finds

A `command` or `entrypoint` that runs `sh -c "# migrate && server"` in which the comment reaches to
the end of the script, the server included.

## Why it matters

In a folded YAML scalar (`>`) lines at the same indentation are joined with a space. A comment that
was meant for its own line then swallows what follows: the shell has nothing to run, the container
ends with status 0, and `restart` starts it again and again. A more-indented line keeps its
newline, which is why the incident's own command still ran its server.

## What the fix does on the next `up`

It drops what was commented out, with its `#`, and leaves the rest as it is: the lines that begin
with a `#`, or, in a command on one line, the first command with its `&&`. The next `up -d`
recreates the service, which then runs its server.

## Fix safety

Safe where nothing but the server comes back. Unsafe where more would run again: commands between
the comment and the server may have been left out on purpose.

## References

- https://yaml.org/spec/1.2.2/#line-folding
"""

from __future__ import annotations

from collections.abc import Iterator

from patcher.finding import Finding, Fix, Fixable, Location, NoFix, Safety, Severity
from patcher.lang.edit_error import CannotEdit
from patcher.lang.yaml_edit import replace_in_scalar
from patcher.rules.base import Rule
from patcher.stack.shell_entries import ShellEntry, shell_entries
from patcher.stack.stack import Stack
from patcher.stack.start.start import one_line
from patcher.stack.swallowed import Swallowed, comment_start, swallowed
from patcher.text import Edit, Span


def check(stack: Stack) -> Iterator[Finding]:
    """Yield one finding for each command that swallows its own server."""
    for service in stack.project.services.values():
        for script in shell_entries(service):
            found = swallowed(script.text, script.written)
            if found is not None:
                yield _finding(script, found)


def _finding(script: ShellEntry, found: Swallowed) -> Finding:
    comment = script.text[found.comment.start : found.comment.end]
    return RULE.finding(
        f"`{script.service.name}` ends at once: a comment swallows its server",
        f"the shell takes all of `{one_line(comment)}` for a comment",
        (_place(script, comment),),
        _remedy(script, found),
    )


def _place(script: ShellEntry, comment: str) -> Location:
    """Return the place of the comment's `#`, or of the entry where that cannot be told."""
    start = comment_start(script.written, comment)
    if start is None:
        return script.value.location
    span = Span(script.scalar.body + start, script.scalar.end)
    return Location.of(script.value.tree.source, span, script.value.route)


def _remedy(script: ShellEntry, found: Swallowed) -> Fix | NoFix:
    dropped = script.text[found.dropped.start : found.dropped.end]
    shown = one_line(dropped)
    try:
        edits = _edits(script, dropped)
    except CannotEdit as error:
        return NoFix(error.reason, f"remove `{shown}`")
    back = one_line(script.text[found.dropped.end : found.comment.end])
    title = f"drop `{shown}`"
    next_up = f"recreates `{script.service.name}`, which then runs `{back}`"
    if found.certain:
        return Fix(title, edits, next_up)
    return Fix(title, edits, next_up, Safety.UNSAFE, f"`{back}` runs again, more than a server")


def _edits(script: ShellEntry, dropped: str) -> tuple[Edit, ...]:
    scalar = script.scalar
    for old in dict.fromkeys((dropped, dropped.replace("$", "$$"))):  # Compose's escape
        if scalar.value.count(old) == 1:
            left = scalar.value.replace(old, "")
            # a command that others share through an anchor is as broken there
            routes = script.value.tree.routes(scalar)
            at = [one for one in routes if {"command", "entrypoint"}.intersection(one[-2:])]
            return replace_in_scalar(script.value.tree, scalar, old, "", value=left, at=at)
    raise CannotEdit("the comment is not written as the shell reads it")


RULE = Rule.of(__name__, __doc__, Severity.ERROR, Fixable.SOMETIMES, check)
