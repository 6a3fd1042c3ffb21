"""Repository text in Markdown stays text."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from patcher.report import markup

BAD = [
    "`a` <img src=x onerror=alert(1)> `b`",
    "a ` <b>",
    "``` <script>",
    "[x](http://e.vil) ![y](//e.vil)",
    "https://e.vil www.e.vil a@e.vil",
    "*a* _b_ ~~c~~ # d",
    "a | b `c | d`",
    "&lt;b&gt; \\<b>",
    "`\\` <b>",
]


def html(text: str) -> str:
    """Render as GitHub does: raw HTML, tables and bare addresses included."""
    reader = MarkdownIt("gfm-like", {"linkify": False})
    return str(reader.render(text))


@pytest.mark.parametrize("text", BAD)
def test_prose_holds_no_markup(text: str) -> None:
    shown = html(f"- {markup.prose(text)}\n")
    for tag in ("<img", "<b>", "<script", "<a ", "<em>", "<strong>", "<s>", "<h1"):
        assert tag not in shown


@pytest.mark.parametrize("text", BAD)
def test_plain_shows_every_character(text: str) -> None:
    shown = html(f"- {markup.plain(text)}\n").replace("<!-- -->", "")
    plain = shown.removeprefix("<ul>\n<li>").removesuffix("</li>\n</ul>\n")
    for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        plain = plain.replace(entity, char)
    assert plain == text


def test_addresses_and_mentions_are_broken_up() -> None:
    assert markup.plain("https://a.b") == r"https\:\/\/a.b"
    assert markup.plain("www.a.b") == r"www\.a.b"
    assert markup.plain("@team") == "@<!-- -->team"


@pytest.mark.parametrize("text", ["a", "`", "a``b", " a ", "``` x"])
def test_a_code_span_shows_its_text(text: str) -> None:
    assert html(markup.code(text)) == f"<p><code>{text}</code></p>\n"


def test_a_cell_keeps_its_bars() -> None:
    row = " | ".join(map(markup.cell, (markup.plain("a | b"), markup.code("c | d"))))
    shown = html(f"| x | y |\n| --- | --- |\n| {row} |\n")
    assert "<td>a | b</td>" in shown
    assert "<td><code>c | d</code></td>" in shown


def test_a_block_ends_where_it_ends() -> None:
    shown = html(markup.block("```\n<b>\n````\n", "diff"))
    assert shown == '<pre><code class="language-diff">```\n&lt;b&gt;\n````\n</code></pre>\n'


def test_nothing_acts_on_a_terminal() -> None:
    assert markup.prose("\x1b[31m`\u202e`") == r"\\x1b\[31m`\u202e`"
