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
    rules = sorted({one.finding.rule for one in fixed})
    title = f"Fix {len(fixed)} documented faults" if len(fixed) > 1 else f"Fix {rules[0]}"
    return _message(title, fixed)


def for_rule(rule: str, fixed: Sequence[Fixed], folder: str = "") -> str:
    """Return the message of a commit with one rule's fixes, in a stack that lies in `folder`."""
    title = f"Fix {rule} in {visible(folder)}" if folder else f"Fix {rule}"
    return _message(title, fixed, rule_named(rule).summary)


def _message(title: str, fixed: Sequence[Fixed], summary: str = "") -> str:
    intro = [fill(summary, _WIDTH)] if summary else []
    items = [_item(one) for one in fixed if one.direct]
    return "\n\n".join([title, *intro, *items, "Found and proven by hanna-fix."]) + "\n"


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
