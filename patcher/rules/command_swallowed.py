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

It drops the commented-out command with its `#` and `&&`, and leaves the rest as it is. The next
`up -d` recreates the service, which then runs its server.

## Fix safety

Safe where one command was commented out before the server. Unsafe where more than the server would
come back to life.

## References

- https://yaml.org/spec/1.2.2/#line-folding
"""

from __future__ import annotations

from collections.abc import Iterator

from patcher.finding import Finding, Fix, Fixable, NoFix, Safety, Severity
from patcher.lang.edit_error import CannotEdit
from patcher.lang.yaml_edit import replace_in_scalar
from patcher.lang.yaml_nodes import Node, Scalar, Sequence, target
from patcher.rules.base import Rule
from patcher.stack.compose import Service
from patcher.stack.stack import Stack
from patcher.stack.start import one_line
from patcher.stack.swallowed import Swallowed, swallowed
from patcher.stack.values import Value
from patcher.stack.wrappers import shell_text
from patcher.text import Edit, Route


def check(stack: Stack) -> Iterator[Finding]:
    """Yield one finding for each command that swallows its own server."""
    for service in stack.project.services.values():
        for key in ("command", "entrypoint"):
            value, words = service.get(key), service.words(key)
            index = shell_text(words) if words else None
            if value is None or words is None or index is None:
                continue
            found = swallowed(words[index])
            if found is not None:
                yield _finding(service, value, words[index], found)


def _finding(service: Service, value: Value, text: str, found: Swallowed) -> Finding:
    comment = text[found.comment.start : found.comment.end]
    return RULE.finding(
        f"`{service.name}` ends at once: a comment swallows its command",
        f"to the shell all of `{one_line(comment)}` is a comment",
        (value.location,),
        _remedy(service, value, text, found),
    )


def _remedy(service: Service, value: Value, text: str, found: Swallowed) -> Fix | NoFix:
    dropped = text[found.dropped.start : found.dropped.end]
    shown = one_line(dropped)
    try:
        edits = _edits(value, dropped)
    except CannotEdit as error:
        return NoFix(error.reason, f"remove `{shown}`")
    title, next_up = f"drop `{shown}`", f"recreates `{service.name}`, which then runs its command"
    if found.certain:
        return Fix(title, edits, next_up)
    why = f"`{one_line(found.remaining)}` comes back to life, more than a server alone"
    return Fix(title, edits, next_up, Safety.UNSAFE, why)


def _edits(value: Value, dropped: str) -> tuple[Edit, ...]:
    for scalar, route in _scalars(value.node, value.route):
        if scalar.value.count(dropped) == 1:
            left = scalar.value.replace(dropped, "")
            return replace_in_scalar(value.tree, scalar, dropped, "", value=left, at=[route])
    raise CannotEdit("the comment is not written as the shell reads it")


def _scalars(node: Node, route: Route) -> Iterator[tuple[Scalar, Route]]:
    if isinstance(node, Scalar):
        yield node, route
    elif isinstance(node, Sequence):
        for index, item in enumerate(map(target, node.items)):
            if isinstance(item, Scalar):
                yield item, (*route, index)


RULE = Rule.of(__name__, __doc__, Severity.ERROR, Fixable.SOMETIMES, check)
