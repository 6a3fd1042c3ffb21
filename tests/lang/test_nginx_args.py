from __future__ import annotations

import pytest

from patcher.lang.edit_error import CannotEdit
from patcher.lang.nginx_args import MAX_ARGS, set_args
from patcher.lang.nginx_tree import walk
from patcher.text import Touch
from tests.lang.nginx_helpers import LEGAL, find, fixture, proven, read


def changed(text: str, *new: str) -> str:
    """The text with the arguments of its first directive set."""
    tree = read(text)
    return proven(tree, set_args(tree, (), tree.directives[0], new))


@pytest.mark.parametrize(
    ("text", "new", "expected"),
    [
        ("r a b c;", ["a", "b", "c"], "r a b c;"),
        ("r  a\tb  c ;", ["a"], "r  a ;"),
        ("r  a\tb  c ;", ["c"], "r  c ;"),
        ("r  a\tb  c ;", [], "r ;"),
        ("r  a\tb  c ;", ["a", "c"], "r  a  c ;"),
        ("r  a\tb  c ;", ["a", "x", "c"], "r  a\tx  c ;"),
        ("r  a\tb  c ;", ["a", "b", "c", "d", "e f"], 'r  a\tb  c d "e f" ;'),
        ("r  a\tb  c ;", ["x", "a", "b", "c"], "r x  a\tb  c ;"),
        ("r  a\tb  c ;", ["x", "y", "z", "w"], "r  x\ty  z w ;"),
        ("r;", ["a"], "r a;"),
        ("r{}", ["a"], "r a{}"),
        ("r a {\n}", ["b"], "r b {\n}"),
        ("r ~ a{}", ["~", "a$"], 'r ~ "a$"{}'),
        ("r ~ a$ b{}", ["~", "a$"], "r ~ a$ {}"),
        ("r \"a\" 'b';", ["x", "y"], "r \"x\" 'y';"),
        ("r a\n  b\n  c;", ["a", "b", "c", "d"], "r a\n  b\n  c\n  d;"),
        ("r a\r\n  b;", ["a", "b", "c"], "r a\r\n  b\r\n  c;"),
        ("r a\n  b\n  ;", ["a"], "r a\n  ;"),
        ("r a\n  b\n  ;", ["b"], "r\n  b\n  ;"),
    ],
)
def test_only_the_tokens_that_must_change(text: str, new: list[str], expected: str) -> None:
    assert changed(text, *new) == expected


@pytest.mark.parametrize(
    ("text", "new", "expected"),
    [
        ("r a # one\n  b # two\n  c;", ["b", "c"], "r # one\n  b # two\n  c;"),
        ("r a # one\n  b # two\n  c;", ["a", "c"], "r a # one\n  # two\n  c;"),
        ("r a # one\n  b # two\n  c;", ["a", "b"], "r a # one\n  b # two\n;"),
        ("r a # one\n  b\n  c;", ["a", "c"], "r a # one\n  c;"),
        ("r a # one\n  b\n  c\n  d;", ["a", "d"], "r a # one\n  d;"),
        ("r a # one\n  b # two\n  c;", [], "r # one\n  # two\n;"),
        ("r # one\n  a;", ["a", "b"], "r # one\n  a b;"),
        ("r a # one\n  ;", ["a", "b"], "r a b # one\n  ;"),
        ("r a # one\n  ;", ["b"], "r b # one\n  ;"),
    ],
)
def test_comments_between_arguments_stay(text: str, new: list[str], expected: str) -> None:
    assert changed(text, *new) == expected


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (["($a", "=", "c d", ")"], 'if ($a = "c d") {}'),
        (["($a", "=", "b"], 'if ($a = "b" {}'),
        (["($a", "=", ")"], "if ($a = ) {}"),
        (["($a", "=", "b", "x)"], 'if ($a = "b" x) {}'),
        (["($a", "=", "b", "c", ")"], 'if ($a = "b" c ) {}'),
    ],
)
def test_word_directly_behind_a_quoted_one(new: list[str], expected: str) -> None:
    assert changed('if ($a = "b") {}', *new) == expected


def test_the_incident_s_resolver() -> None:
    tree = read("http {\n    resolver 127.0.0.11 8.8.8.8 8.8.4.4 valid=30s ipv6=off;  # DNS\n}\n")
    route, directive = find(tree, "resolver")
    new = ("127.0.0.11", "valid=60s", "ipv6=off")
    edits = set_args(tree, route, directive, new)
    text = proven(tree, edits)
    assert text == "http {\n    resolver 127.0.0.11 valid=60s ipv6=off;  # DNS\n}\n"
    assert {touch for edit in edits for touch in edit.touches} == {
        Touch(("http[0]", "resolver"), (new,))
    }


def test_siblings_of_the_same_name_are_declared_and_kept() -> None:
    tree = read("s { listen 1; listen 2; listen 1; }")
    route, directive = find(tree, "listen", 2)
    edits = set_args(tree, route, directive, ["3"])
    assert proven(tree, edits) == "s { listen 1; listen 2; listen 3; }"
    assert edits[0].touches == (Touch(("s[0]", "listen"), (("1",), ("2",), ("3",))),)


@pytest.mark.parametrize("name", LEGAL)
def test_every_directive_of_the_fixtures(name: str) -> None:
    tree = fixture(name)
    for route, each in walk(tree):
        if each.lua is None:
            assert set_args(tree, route[:-1], each, each.values) == ()
            for new in ([], ["a b"], each.values[1:], [*each.values, "$x"], each.values[::-1]):
                proven(tree, set_args(tree, route[:-1], each, new))


def test_lua_blocks_are_not_edited() -> None:
    tree = read("set_by_lua_block $a { return 1 }")
    with pytest.raises(CannotEdit, match="Lua"):
        set_args(tree, (), tree.directives[0], ["$b"])


def test_long_lists_are_not_edited() -> None:
    tree = read(f"r{' a' * (MAX_ARGS + 1)};")
    with pytest.raises(CannotEdit, match=str(MAX_ARGS)):
        set_args(tree, (), tree.directives[0], ["b"])


def test_values_that_no_word_can_hold_are_refused() -> None:
    tree = read("r a;")
    with pytest.raises(CannotEdit):
        set_args(tree, (), tree.directives[0], ["\0"])
