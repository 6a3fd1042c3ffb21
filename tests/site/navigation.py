"""The navigation of the site, as the front page has it.

In docs/index.md, and in the index of a folder, every heading of the second level is a section; each
entry of a list, and each row of a table, that begins with a link to a page is an entry of it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Any

Entries = list[Any]

_HOME = "index.md"
_STEP = re.compile(
    r"(?m)^## (?P<section>.+)$|^(?:- |\| )\[(?P<title>[^\]]+)\]\((?P<page>[^):#]+\.md)\)"
)


def navigation(pages: Mapping[str, str]) -> Entries:
    """Return the tree of pages as MkDocs takes it: titles with a page, or with entries."""
    return [{"Start": _HOME}, *_sections(pages, _HOME)]


def _sections(pages: Mapping[str, str], index: str) -> Entries:
    found: Entries = []
    current = found
    for step in _STEP.finditer(pages[index]):
        if step["section"]:
            current = []
            found.append({step["section"]: current})
        else:
            page = posixpath.normpath(posixpath.join(posixpath.dirname(index), step["page"]))
            current.append(_entry(pages, step["title"], page))
    return [one for one in found if any(one.values())]


def _entry(pages: Mapping[str, str], title: str, page: str) -> dict[str, Any]:
    is_folder = posixpath.basename(page) == "index.md"
    return {title: [{title: page}, *_sections(pages, page)] if is_folder else page}
