"""The documents in which a project says how it is deployed."""

from __future__ import annotations

from typing import Final

from patcher.patterns import regex
from patcher.stack.files import texts_in
from patcher.stack.stack import Stack
from patcher.text import Source

NEW_DOCUMENT: Final = "DEPLOYMENT.md"
_FOLDERS: Final = (".", "docs", "doc", "documentation")
# a document of its own comes before the README
_DEPLOYMENT: Final = regex(r"(?i)[\w.-]*deploy[\w.-]*\.(md|markdown|rst|txt|adoc)")
_README: Final = regex(r"(?i)readme(\.(md|markdown|rst|txt|adoc))?")
_MARKDOWN: Final = regex(r"(?i).*\.(md|markdown)")
_FENCE: Final = regex(r"(?m)^ {0,3}(```|~~~)")


def deployment_documents(stack: Stack) -> tuple[Source, ...]:
    """Return the documents about deploying, the most special first: DEPLOY*, docs/deploy*, README.

    What cannot be read is left out.
    """
    places = [*((folder, _DEPLOYMENT) for folder in _FOLDERS), (_FOLDERS[0], _README)]
    return tuple(one for folder, name in places for one in texts_in(stack.files, folder, name))


def can_take_a_section(document: Source) -> bool:
    """Tell whether a Markdown section at the end of a document would be read as one."""
    fences = _FENCE.findall(document.text)
    comments = document.text.count("<!--") - document.text.count("-->")
    closed = all(fences.count(one) % 2 == 0 for one in ("```", "~~~")) and not comments
    return bool(_MARKDOWN.fullmatch(document.path)) and closed
