from __future__ import annotations

import pytest

from patcher.errors import Bug
from patcher.lang.edit_error import CannotEdit
from patcher.lang.nginx_edit import add_directive, add_directives, remove
from patcher.lang.nginx_tree import walk
from patcher.text import ABSENT, Touch
from tests.lang.nginx_helpers import LEGAL, find, fixture, proven, read


def added(text: str, route: tuple[str, ...] = (), **place: str) -> str:
    """The text with `x 1; y;` added, `after` or `before` the first directive of that name."""
    tree = read(text)
    where = {key: find(tree, name)[1] for key, name in place.items()}
    return proven(tree, add_directives(tree, route, [("x", ["1"]), ("y", [])], **where))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "x 1;\ny;\n"),
        ("# header\n", "# header\nx 1;\ny;\n"),
        ("# header", "# header\nx 1;\ny;\n"),
        ("a;\n", "a;\nx 1;\ny;\n"),
        ("a;", "a;\nx 1;\ny;"),
        ("a; # why", "a; # why\nx 1;\ny;"),
        ("a;\r\nb;\r\n", "a;\r\nb;\r\nx 1;\r\ny;\r\n"),
        ("a;\rb;\r", "a;\rb;\rx 1;\ry;\r"),
        ("a;\nb {}\nc;\n", "a;\nx 1;\ny;\nb {}\nc;\n"),
        ("b {\n}\n", "x 1;\ny;\n\nb {\n}\n"),
        ("# header\n\nb {}\n", "# header\n\nx 1;\ny;\n\nb {}\n"),
        ("# of b\nb {}\n", "x 1;\ny;\n\n# of b\nb {}\n"),
        ("# header\n\n# of\n  # b\nb {}", "# header\n\nx 1;\ny;\n\n# of\n  # b\nb {}"),
        ("a; b {}", "a; x 1; y; b {}"),
        ("a; b;", "a; b;\nx 1;\ny;"),
    ],
)
def test_default_place_at_the_top_level(text: str, expected: str) -> None:
    assert added(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("b {}\n", "b {\n    x 1;\n    y;\n}\n"),
        ("b { }", "b {\n    x 1;\n    y;\n}"),
        ("b {\n}", "b {\n    x 1;\n    y;\n}"),
        ("b { # why\n  }", "b { # why\n    x 1;\n    y;\n  }"),
        ("c;\r\nb {\r\n\r\n}", "c;\r\nb {\r\n\r\n    x 1;\r\n    y;\r\n}"),
        ("c; b {}", "c; b { x 1; y; }"),
        ("b { a; }", "b { a; x 1; y; }"),
        ("b {a;}", "b {a; x 1; y;}"),
        ("b { a {} }", "b { x 1; y; a {} }"),
        ("b {\n  a;\n}", "b {\n  a;\n  x 1;\n  y;\n}"),
        ("b {\n\ta; }", "b {\n\ta;\n\tx 1;\n\ty; }"),
        ("b { a;\n}", "b { a;\n    x 1;\n    y;\n}"),
        ("b { a;\n  c; }", "b { a;\n  c;\n  x 1;\n  y; }"),
        (
            "b {\n  a; # why\n\n  # of c\n  c {}\n}",
            "b {\n  a; # why\n  x 1;\n  y;\n\n  # of c\n  c {}\n}",
        ),
        ("b {\n  # of c\n  c {}\n}", "b {\n  x 1;\n  y;\n\n  # of c\n  c {}\n}"),
        ("b { # of b\n  c {}\n}", "b { # of b\n  x 1;\n  y;\n\n  c {}\n}"),
        ("b\n{\n  a\n   1\n   2;\n}", "b\n{\n  a\n   1\n   2;\n  x 1;\n  y;\n}"),
    ],
)
def test_default_place_in_a_block(text: str, expected: str) -> None:
    assert added(text, ("b[0]",)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("d {\n\te;\n}\nb {}", "d {\n\te;\n}\nb {\n\tx 1;\n\ty;\n}"),
        ("d {\n  b {}\n}", "d {\n  b {\n    x 1;\n    y;\n  }\n}"),
    ],
)
def test_indentation_of_the_first_directive_in_a_block(text: str, expected: str) -> None:
    route, _ = find(read(text), "b")
    assert added(text, (*route, "b[0]")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a;\nb;\n", "a;\nx 1;\ny;\nb;\n"),
        ("a; b;\nc;", "a; x 1; y; b;\nc;"),
        ("a # c\n 1;\nb;\n", "a # c\n 1;\nx 1;\ny;\nb;\n"),
        ("  a {\n  }\nb;\n", "  a {\n  }\n  x 1;\n  y;\nb;\n"),
    ],
)
def test_after(text: str, expected: str) -> None:
    assert added(text, after="a") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a;\nb;\n", "a;\nx 1;\ny;\nb;\n"),
        ("a;\n# of b\nb;\n", "a;\nx 1;\ny;\n# of b\nb;\n"),
        ("a; # of a\nb;\n", "a; # of a\nx 1;\ny;\nb;\n"),
        ("a; b;\n", "a; x 1; y; b;\n"),
        ('a "\n# text"; b;\n', 'a "\n# text"; x 1; y; b;\n'),
        ('a "\n# text\n"\n;\nb;\n', 'a "\n# text\n"\n;\nx 1;\ny;\nb;\n'),
    ],
)
def test_before(text: str, expected: str) -> None:
    assert added(text, before="b") == expected


def test_a_new_line_behind_a_comment_is_not_a_lone_carriage_return() -> None:
    assert added("a;\rb;\rc; # why", after="c") == "a;\rb;\rc; # why\nx 1;\ny;"


def test_added_directives_declare_all_of_their_name_in_order() -> None:
    tree = read("s {\n  set $a 1;\n  set $b 2;\n}")
    route, first = find(tree, "set")
    edits = add_directive(tree, route, "set", ["$c", "x y"], after=first)
    assert proven(tree, edits) == 's {\n  set $a 1;\n  set $c "x y";\n  set $b 2;\n}'
    assert edits[0].touches == (Touch(("s[0]", "set"), (("$a", "1"), ("$c", "x y"), ("$b", "2"))),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("b;\na;\nc;\n", "b;\nc;\n"),
        ("b;\r\n  a \r\n 1;\t\r\nc;", "b;\r\nc;"),
        ("b;\na;", "b;"),
        ("b;\r\na;", "b;"),
        ("a;", ""),
        ("a;\n", ""),
        ("# of a\na; # why\nc;", "# of a\n# why\nc;"),
        ("b; a; c;", "b; c;"),
        ("b;a;c;", "b;c;"),
        ("b; a;\nc;", "b;\nc;"),
        ("a; c;\n", "c;\n"),
        ("{ a; }", "{ }"),
        ("{\n  a; }", "{\n  }"),
        ("{a;}", "{}"),
        ("{ a; # why\n}", "{ # why\n}"),
    ],
)
def test_remove(text: str, expected: str) -> None:
    inside = text.startswith("{")
    tree = read("s " * inside + text)
    route, directive = find(tree, "a")
    edits = remove(tree, route, directive)
    assert proven(tree, edits) == "s " * inside + expected
    assert edits[0].touches == (Touch((*route, "a"), ABSENT),)


def test_remove_declares_those_that_are_left() -> None:
    tree = read("a 1;\na 2;\na 3;\n")
    (edit,) = remove(tree, (), tree.directives[1])
    assert edit.touches == (Touch(("a",), (("1",), ("3",))),)
    assert proven(tree, [edit]) == "a 1;\na 3;\n"


@pytest.mark.parametrize("text", ["a # why\n 1;", "a {}", "log_by_lua_block {}"])
def test_what_is_not_removed(text: str) -> None:
    tree = read(text)
    with pytest.raises(CannotEdit):
        remove(tree, (), tree.directives[0])


@pytest.mark.parametrize("text", ["a {}", "a;\na {}"])
def test_a_name_that_opens_a_block_is_not_added(text: str) -> None:
    with pytest.raises(CannotEdit, match="opens a block"):
        add_directive(read(text), (), "a", ["1"])


def test_a_directive_of_another_block_is_our_bug() -> None:
    tree = read("a; b { c; }")
    inner = find(tree, "c")[1]
    with pytest.raises(Bug):
        remove(tree, (), inner)
    with pytest.raises(Bug):
        add_directive(tree, (), "x", [], before=inner)


@pytest.mark.parametrize("eol", ["\n", "\r\n"])
@pytest.mark.parametrize("name", LEGAL)
def test_every_place_of_the_fixtures(name: str, eol: str) -> None:
    tree = read(fixture(name).source.text.replace("\n", eol))
    for route, each in walk(tree):
        proven(tree, add_directive(tree, route[:-1], "x", ["1"], after=each))
        proven(tree, add_directive(tree, route[:-1], "x", ["1"], before=each))
        if each.block:
            proven(tree, add_directive(tree, route, "x", ["1"]))
