"""An outcome as one unified diff."""

from __future__ import annotations

from patcher.engine.outcome import Outcome
from patcher.errors import visible
from patcher.report.style import Paint

_COLORS = {"+": "green", "-": "red", "@": "cyan"}


def diff(outcome: Outcome) -> str:
    """Return the diff over all changed files, as `git apply` takes it; empty where none changed."""
    return outcome.diff


def for_screen(text: str, paint: Paint) -> str:
    """Return a diff to be looked at: coloured, control characters of the files made visible."""
    return "".join(
        f"{_line(line, paint)}\n" for line in text.removesuffix("\n").split("\n") if text
    )


def _line(line: str, paint: Paint) -> str:
    shown = "\t".join(visible(part) for part in line.removesuffix("\r").split("\t"))
    if line.startswith(("diff ", "--- ", "+++ ", "new file")):
        return paint(shown, "bold")
    return paint(shown, _COLORS[line[0]]) if line[:1] in _COLORS else shown
