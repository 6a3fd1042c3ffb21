"""Text of a repository in Markdown: shown as it is, never taken for markup, a link or a mention.

Source: https://github.github.com/gfm/, sections 2.4 (backslash escapes), 6.3 (code spans) and 6.9
(autolinks).
"""

from __future__ import annotations

import re
from typing import Final

from patcher.errors import brief, visible
from patcher.patterns import regex

_SPECIAL: Final = regex(r"[\\`*_\[\]<>#|~$&]")
_LINK: Final = regex(r"://|www\.", re.IGNORECASE)


def prose(text: str) -> str:
    """Return one line in which what stands between backticks is code, and all else is plain."""
    parts = brief(text).split("`")
    if len(parts) % 2 == 0:  # the last backtick closes nothing
        parts[-2:] = [f"{parts[-2]}`{parts[-1]}"]
    return "".join(code(part) if odd % 2 else plain(part) for odd, part in enumerate(parts))


def plain(text: str) -> str:
    """Return one line as plain text."""
    escaped = _SPECIAL.sub(r"\\\g<0>", visible(text))
    broken = _LINK.sub(lambda match: _backslashes(match.group()), escaped)
    # a mention and a mail address are found in the text that is left; a comment comes between
    return broken.replace("@", "@<!-- -->")


def _backslashes(text: str) -> str:
    return re.sub(r"[:/.]", r"\\\g<0>", text)


def code(text: str) -> str:
    """Return one line as a code span, the empty one as nothing."""
    shown = visible(text)
    if not shown:
        return ""
    fence = "`" * (_longest_run(shown) + 1)
    pad = " " if shown.startswith(("`", " ")) or shown.endswith(("`", " ")) else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def cell(markup: str) -> str:
    """Return markup for a table's cell: there a bar ends the cell, within code, too."""
    return re.sub(r"(?<!\\)\|", r"\\|", markup)


def block(text: str, language: str) -> str:
    """Return lines as a fenced code block, which nothing in them can end."""
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}{language}\n{text.removesuffix(chr(10))}\n{fence}\n"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
