"""The review page put together: one self-contained HTML file that asks the network for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from patcher.report.entries import Report, StackView
from patcher.report.html import sections, summary
from patcher.report.html.frame import framed
from patcher.report.html.markup import Html
from patcher.report.text import count

_CARE: Final = "The page holds the changed files; treat it as you treat them."
_KEYS: Final = Html(
    "<tr><td><kbd>n</kbd> <kbd>p</kbd></td><td>next, previous change</td></tr>\n"
    "<tr><td><kbd>u</kbd></td><td>unfold or fold all unchanged lines and tables</td></tr>\n"
)


def render(report: Report) -> str:
    """Return the page; the same report always gives the same text."""
    changed = report.outcome.changes if report.outcome else ()
    parts = [
        summary.tiles(report.entries, len(changed)),
        summary.problems(report.problems),
        summary.safety(report.entries),
        sections.next_up(report),
        sections.stacks(report),
        sections.changes(report),
    ]
    return framed(_title(report.views), sections.links(report), parts, _CARE, _KEYS)


def _title(stacks: Sequence[StackView]) -> str:
    if len(stacks) != 1:
        return f"Review of {count(len(stacks), 'stack')}"
    one = stacks[0]
    name = one.folder or one.stack.request.directory
    return f"Review of {name}" if name else "Review"
