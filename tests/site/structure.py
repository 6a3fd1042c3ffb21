"""The site reads Markdown as CommonMark does, and so as a page on a code host.

MkDocs' own reader takes a list without a blank line above it, or one that is indented by two
columns, for something else, and says nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from markdown_it import MarkdownIt

_TAGS = ("blockquote", "em", "h1", "h2", "h3", "h4", "img", "li", "ol", "pre", "strong", "tr", "ul")
_FRONT_MATTER = re.compile(r"(?s)\A---\n.*?\n---\n")
_ARTICLE = re.compile(r"(?s)<article[^>]*>(.*)</article>")


def differences(pages: Mapping[str, str], site: Path) -> Iterator[str]:
    """Yield a line for each kind of element that a built page has more or fewer of."""
    reader = MarkdownIt("commonmark").enable("table")
    for place, text in pages.items():
        ours = elements(reader.render(_FRONT_MATTER.sub("", text)))
        html = (site / place).with_suffix(".html").read_text(encoding="utf-8")
        (article,) = _ARTICLE.findall(html)
        theirs = elements(article)
        for tag in _TAGS:
            if ours[tag] != theirs[tag]:
                yield f"{place}: {ours[tag]} <{tag}> by CommonMark, {theirs[tag]} in the site"


def elements(html: str) -> Counter[str]:
    """Count the elements of a text in HTML."""
    return Counter(re.findall(r"<([a-z0-9]+)[ >]", html))
