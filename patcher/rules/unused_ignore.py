"""A comment ignores a finding that is not there.

## What it finds

A comment `# hanna-fix: ignore[rule-id] reason` for a rule that finds nothing on the line that the
comment is about, whether the rule is selected or not. Each rule that a comment names is told by
itself. Rules that do not exist are `invalid-ignore`'s matter.

## Why it matters

The fault has been corrected, or the comment has been moved away from it. A comment that stays
behind hides the fault when it comes back, and says something of the stack that is not so.

## What the fix does on the next `up`

There is no fix: comments are never removed.

## Fix safety

Nothing is written.

## References

- https://docs.astral.sh/ruff/rules/unused-noqa/
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from patcher.finding import Finding, Fixable, NoFix, Severity
from patcher.rules import all_rules
from patcher.rules.base import Rule
from patcher.stack.ignore import ABOUT_COMMENTS, Ignore, silences
from patcher.stack.stack import Stack


def check(stack: Stack) -> Iterator[Finding]:
    """Yield one finding for each comment with rules that find nothing on its line."""
    named = {name for comment in stack.ignores for name in comment.rules}
    rules = [one for one in all_rules() if one.id in named - ABOUT_COMMENTS]
    places = {rule.id: [one.where[0] for one in rule.check(stack)] for rule in rules}
    for comment in stack.ignores:
        tree = stack.tree(comment.location.path)
        for name in comment.rules:
            found = places.get(name)
            if found is not None and not any(silences(comment, name, at, tree) for at in found):
                yield _finding(comment, name)


def _finding(comment: Ignore, name: str) -> Finding:
    place = comment.location
    return RULE.finding(
        f"a comment ignores `{name}`, which finds nothing there",
        _evidence(comment),
        (replace(place, route=(*place.route, name)),),
        NoFix("comments are never removed", f"take `{name}` out of the comment, or the comment"),
    )


def _evidence(comment: Ignore) -> str:
    if comment.line is None:
        return "it is about no line: nothing stands directly below it"
    return f"it is about line {comment.line}"


RULE = Rule.of(__name__, __doc__, Severity.INFO, Fixable.NEVER, check)
