"""Whatever is no markup of ours is escaped, and what cannot be seen is shown."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from patcher.report.html.markup import Html, escaped, join, prose, tag
from tests.report.html.pages import hidden


def test_text_in_an_element_is_escaped() -> None:
    assert tag("p", "<b>&\"'").text == "<p>&lt;b&gt;&amp;&quot;&#x27;</p>"
    assert tag("p", Html("<b>")).text == "<p><b></p>"


def test_attributes_are_escaped_and_named() -> None:
    assert tag("td", class_='a"><script>', tabindex=-1, hidden=True, id=None).text == (
        '<td class="a&quot;&gt;&lt;script&gt;" tabindex="-1" hidden></td>'
    )
    assert tag("svg", aria_label="a\u202eb\n").text == '<svg aria-label="a\\u202eb\\n"></svg>'


def test_void_elements_and_shapes() -> None:
    assert tag("col", class_="x").text == '<col class="x">'
    assert tag("path", d="M0 0").text == '<path d="M0 0"/>'


def test_hidden_characters_are_shown_by_their_code() -> None:
    shown = escaped("a\x1b[31m\u202eb\u2066\x00").text
    assert shown == (
        'a<span class="hidden">\\x1b</span>[31m<span class="hidden">\\u202e</span>b'
        '<span class="hidden">\\u2066</span><span class="hidden">\\x00</span>'
    )
    assert escaped("tab\there, é 日本").text == "tab\there, é 日本"


def test_code_between_backticks() -> None:
    assert prose("`<db>` is `a` not").text == "<code>&lt;db&gt;</code> is <code>a</code> not"
    assert prose("one ` alone").text == "one ` alone"


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the parser's
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@given(st.text())
def test_any_text_comes_back_as_text(text: str) -> None:
    reader = Reader()
    reader.feed(join([escaped(text), tag("p", text)]).text)
    reader.close()
    assert set(reader.tags) <= {"span", "p"}
    assert not hidden(reader.text)
    if text.isprintable():
        assert reader.text == text * 2
