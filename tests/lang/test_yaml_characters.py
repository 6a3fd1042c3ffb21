"""YAML's characters: what counts as one, what breaks a line, tabs, and what may not stand there."""

from __future__ import annotations

import pytest

from patcher.errors import UserError
from patcher.lang.yaml import parse
from patcher.text import Source
from tests.lang.yaml_helpers import comments, read, written
from tests.lang.yaml_trees import built


def refused(text: str) -> str:
    with pytest.raises(UserError) as error:
        parse(Source("t.yml", text))
    return f"{error.value.line}:{error.value.column} {error.value.message}"


def test_marks_count_characters_not_bytes_nor_utf_16() -> None:
    tree = read("'\U0001f433': [\U0001f600, e\u0301, \u4e2d] # \U0001f600\nb: 'after' # two\n")
    assert written(tree, "\U0001f433") == "[\U0001f600, e\u0301, \u4e2d]"
    assert written(tree, "\U0001f433", 1) == "e\u0301"
    assert written(tree, "b") == "'after'"
    assert comments(tree) == ["# \U0001f600", "# two"]


def test_a_byte_order_mark_shifts_nothing() -> None:
    data = b"\xef\xbb\xbfa: b # c\n"
    tree = parse(Source.decode("t.yml", data))
    assert (tree.source.bom, written(tree, "a"), comments(tree)) == (True, "b", ["# c"])
    assert tree.source.encode() == data
    assert built(tree.source, pure=True) == built(tree.source, pure=False)


@pytest.mark.parametrize("text", ["\ufeffa: b\n", "a: b\n\ufeffc: d\n", "a: b\n---\n\ufeffc: d\n"])
def test_a_byte_order_mark_at_a_later_line_is_refused(text: str) -> None:
    """libyaml leaves it out before a document; to Compose it is a part of the key."""
    assert "a byte order mark inside the text" in refused(text)


@pytest.mark.parametrize("eol", ["\r\n", "\r"])
def test_other_newlines_change_neither_model_nor_what_spans_hold(eol: str) -> None:
    text = "a: 1 # one\nb: |\n  x\n\n  y\n\nc: >+\n  z\n\n# two\nd: [e,\n  f]\ng: 'h\n\n  i'\n"
    tree, other = read(text), read(text.replace("\n", eol))
    assert other.model == tree.model
    assert comments(other) == comments(tree)
    for key in "abcdg":
        assert written(other, key) == written(tree, key).replace("\n", eol)


@pytest.mark.parametrize("char", ["\x85", "\u2028", "\u2029"])
def test_a_comment_ends_where_yaml_1_1_breaks_lines(char: str) -> None:
    """So Compose reads it; the pure parser goes on with the comment, and refuses what follows."""
    source = Source("t.yml", f"a: 1 # x{char}b: 2 # y\nc: 3\n")
    tree = parse(source)
    assert tree.model == {"a": 1, "b": 2, "c": 3}
    assert comments(tree) == ["# x", "# y"]
    with pytest.raises(UserError):
        built(source, pure=True)


@pytest.mark.parametrize("char", ["\x00", "\x07", "\x0b", "\x0c", "\x1b", "\x7f", "\x9f", "\ufffe"])
def test_control_characters_are_refused_with_their_place(char: str) -> None:
    assert refused(f"a: 1\nb: x{char}y\n") == "2:5 not valid YAML: a control character"


# --- tabs


@pytest.mark.parametrize("text", ["a:\tb\n", "a: b\t# c\n", "a: b \t \nc: d\n", "a:\t\t[b]\t#c\n"])
def test_tabs_that_compose_takes_are_read(text: str) -> None:
    assert parse(Source("t.yml", text)).model["a"] in ("b", ["b"])


@pytest.mark.parametrize("text", ["a:\n\tb: c\n", "a:\n  b: c\n\td: e\n", "a: b\n\t\nc: d\n"])
def test_tabs_that_indent_are_refused_by_both_parsers(text: str) -> None:
    assert refused(text)
    with pytest.raises(UserError):
        built(Source("t.yml", text), pure=True)


def test_tabs_inside_texts_and_flow_collections_are_kept() -> None:
    text = "a: b\tc\nd: [e,\tf]\ng: |\n  h\n  \ti\n"
    assert parse(Source("t.yml", text)).model == {
        "a": "b\tc",
        "d": ["e", "f"],
        "g": "h\n\ti\n",
    }
