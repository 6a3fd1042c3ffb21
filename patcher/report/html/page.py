"""The review page put together: one self-contained HTML file that asks the network for nothing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from importlib.resources import files
from string import Template

from patcher import __version__
from patcher.report.entries import Report, StackView
from patcher.report.html import sections, summary
from patcher.report.html.markup import Html, escaped
from patcher.report.text import count


def render(report: Report) -> str:
    """Return the page; the same report always gives the same text."""
    changed = report.outcome.changes if report.outcome else ()
    style, script = _resource("page.css"), _resource("page.js")
    values = {
        "title": escaped(_title(report.views)),
        "policy": escaped(_policy(style, script)),
        "style": Html(style),
        "script": Html(script),
        "version": escaped(__version__),
        "tiles": summary.tiles(report.entries, len(changed)),
        "problems": summary.problems(report.problems),
        "safety": summary.safety(report.entries),
        "next": sections.next_up(report),
        "stacks": sections.stacks(report),
        "changes": sections.changes(report),
        "links": sections.links(report),
    }
    template = Template(_resource("page.html"))
    return template.substitute({name: value.text for name, value in values.items()})


def _resource(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Return the content security policy: our own style and script, by their hashes, and no more.

    Source: https://www.w3.org/TR/CSP3/#match-element-to-source-list
    """
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


def _title(stacks: Sequence[StackView]) -> str:
    if len(stacks) != 1:
        return f"Review of {count(len(stacks), 'stack')}"
    one = stacks[0]
    name = one.folder or one.stack.request.directory
    return f"Review of {name}" if name else "Review"
