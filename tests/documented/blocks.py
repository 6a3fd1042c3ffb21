"""Code blocks of the documentation's pages, wherever they stand in a page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

from tests.stacks import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its page from the top of the repository, its first line, and its text."""

    page: str
    line: int
    language: str
    body: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks(path: Path) -> list[Block]:
    """Return the fenced blocks of a page, those in lists and quotes included."""
    page = path.relative_to(ROOT).as_posix()
    tokens = MarkdownIt("commonmark").parse(path.read_text(encoding="utf-8"))
    return [
        Block(page, token.map[0] + 1, token.info.strip(), token.content)
        for token in tokens
        if token.type == "fence" and token.map is not None
    ]


def all_blocks(*languages: str) -> list[Block]:
    """Return the blocks of every page in these languages, or all where none is given."""
    found = (block for path in PAGES for block in blocks(path))
    return [block for block in found if not languages or block.language in languages]
