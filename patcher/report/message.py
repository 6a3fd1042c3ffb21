"""Commit messages: what was found where, and what changes."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill

from patcher.engine.outcome import Fixed
from patcher.errors import brief, visible
from patcher.finding import Fix
from patcher.rules import rule_named

_WIDTH = 72


def for_all(fixed: Sequence[Fixed]) -> str:
    """Return the message of one commit with all fixes."""
    return _message(title(fixed), fixed)


def title(fixed: Sequence[Fixed]) -> str:
    """Return the title of all fixes, also of a pull request.

    It counts nothing, so that it stays the same where findings come and go.
    """
    rules = {one.finding.rule for one in fixed}
    return f"Fix {rules.pop()}" if len(rules) == 1 else "Fix documented faults in the Compose stack"


def for_rule(rule: str, fixed: Sequence[Fixed], folder: str = "") -> str:
    """Return the message of a commit with one rule's fixes, in a stack that lies in `folder`."""
    head = f"Fix {rule} in {visible(folder)}" if folder else f"Fix {rule}"
    return _message(head, fixed, rule_named(rule).summary)


def _message(head: str, fixed: Sequence[Fixed], summary: str = "") -> str:
    intro = [fill(summary, _WIDTH)] if summary else []
    items = [_item(one) for one in fixed if one.direct]
    return "\n\n".join([head, *intro, *items, "Found and proven by hanna-fix."]) + "\n"


def _item(one: Fixed) -> str:
    finding = one.finding
    place = finding.where[0]
    head = f"* {finding.rule} at {place.path}:{place.line}"
    remedy = finding.remedy
    body = [f"{finding.message}."]
    if isinstance(remedy, Fix):
        body += [f"Change: {remedy.title}.", f"The next `up`: {remedy.next_up}."]
    lines = [
        fill(brief(text), _WIDTH, initial_indent="  ", subsequent_indent="  ") for text in body
    ]
    return "\n".join([visible(head), *lines])
