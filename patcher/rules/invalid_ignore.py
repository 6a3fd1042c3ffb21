"""A comment to hanna-fix does not say what it ignores, or why.

## What it finds

A comment `# hanna-fix: ignore[rule-id] reason` in a compose or nginx file that names no rule, names
one that does not exist, or gives no reason; and any other comment that begins with `# hanna-fix:`.
`invalid-ignore` and `unused-ignore` themselves cannot be ignored by a comment.

## Why it matters

An id with a typing error ignores nothing, and nobody sees it. A reason tells whoever comes next
whether the fault is still accepted, and may go when it is not. A comment without a reason is
followed all the same, so that no line is changed that somebody wanted as it is.

## What the fix does on the next `up`

There is no fix: only the one who wrote the comment knows what it was meant to say, and comments are
never removed.

## Fix safety

Nothing is written.

## References

- https://docs.zizmor.sh/usage/#ignoring-results
- https://docs.astral.sh/ruff/linter/#error-suppression
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from patcher.errors import UserError
from patcher.finding import Finding, Fixable, NoFix, Severity
from patcher.rules import rule_named
from patcher.rules.base import Rule
from patcher.stack.ignore import ABOUT_COMMENTS, Ignore
from patcher.stack.stack import Stack

_FORM: Final = "# hanna-fix: ignore[rule-id] reason"


def check(stack: Stack) -> Iterator[Finding]:
    """Yield one finding for each comment that cannot be followed, or has no reason."""
    for comment in stack.ignores:
        faults = list(_faults(comment))
        if faults:
            evidence, by_hand = faults[0]
            yield RULE.finding(
                "a comment to hanna-fix does not say what it ignores, or why",
                evidence,
                (comment.location,),
                NoFix("only a person knows what it was meant to say", by_hand),
            )


def _faults(comment: Ignore) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a comment, and what to do, the worst first."""
    if not comment.is_readable:
        yield "it names no rule", f"write `{_FORM}`"
    for name in comment.rules:
        if name in ABOUT_COMMENTS:
            yield f"`{name}` cannot be ignored by a comment", "use `ignore` in the settings"
            continue
        try:
            rule_named(name)
        except UserError as error:
            yield error.message, error.todo
    if comment.is_readable and not comment.reason:
        yield "it gives no reason", "write the reason behind the `]`"


RULE = Rule.of(__name__, __doc__, Severity.WARNING, Fixable.NEVER, check)
