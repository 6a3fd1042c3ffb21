"""Stacks made of texts, short to write."""

from __future__ import annotations

from patcher.stack.settings import Settings
from patcher.stack.stack import Stack
from patcher.text import Source
from tests.stacks import stack_of


def stack(
    compose: str, files: dict[str, str] | None = None, settings: Settings | None = None
) -> Stack:
    """Return the stack of a compose.yaml and further files by path."""
    texts = {"compose.yaml": compose, **(files or {})}
    return stack_of({path: Source(path, text) for path, text in texts.items()}, settings)


def service(name: str, text: str, waits_for_it: bool = True) -> str:
    """Return a compose file with one service, given as a flow mapping's inside, and one waiter."""
    waiter = f"  waiter: {{image: x, depends_on: [{name}]}}\n" if waits_for_it else ""
    return f"services:\n  {name}: {{{text}}}\n{waiter}"
