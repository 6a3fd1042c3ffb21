"""Where the text of a block scalar (`|`, `>`) ends.

Source: https://yaml.org/spec/1.2.2/#8112-block-chomping-indicator
"""

from __future__ import annotations

from typing import Final

from patcher.patterns import regex

_KEEP: Final = regex(r"[|>][0-9]?\+")
_LINE: Final = regex(r"[^\r\n]*(?:\r\n|\n|\r|\Z)")


def block_scalar_end(text: str, body: int, end: int, value: str) -> int:
    """Return the offset after the last character of a block scalar's content.

    `body` is where its `|` or `>` stands, `end` where the parser says that it ends, which is after
    the blank lines that follow, and `value` what it reads as. Blank lines are content where the
    scalar keeps them (`+`), and where they are indented deeper than the scalar.
    """
    if _KEEP.match(text, body):
        return end
    header, *lines = _LINE.findall(text[body:end])
    indent = _indent(lines, value)
    while lines and not lines[-1].strip(" \r\n") and len(lines[-1].rstrip("\r\n")) <= indent:
        lines.pop()
    kept = "".join([header, *lines]).rstrip("\r\n")
    return body + len(kept if lines else kept.rstrip())


def _indent(lines: list[str], value: str) -> int:
    """Return the indentation that the scalar's first line of text loses; the rest is content."""
    first = next((line for line in lines if line.strip()), "")
    content = next((line for line in value.split("\n") if line.strip()), "")
    return _spaces(first) - _spaces(content)


def _spaces(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
