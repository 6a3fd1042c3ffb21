from __future__ import annotations

import pytest

from patcher.errors import UserError
from patcher.lang.nginx import MAX_DEPTH, parse
from patcher.lang.nginx_model import plain
from patcher.lang.nginx_tree import walk
from patcher.text import Source
from tests.lang.nginx_helpers import LEGAL, SYNTAX, comments, fixture, read


def refused(text: str) -> UserError:
    with pytest.raises(UserError) as error:
        read(text)
    return error.value


@pytest.mark.parametrize("name", LEGAL)
def test_spans_give_back_what_was_written(name: str) -> None:
    tree = fixture(name)
    for _, each in walk(tree):
        text = tree.source.at(each.span)
        assert text.startswith(each.name.raw)
        assert text.endswith("}" if each.block or each.lua else ";")
        assert all(tree.source.at(word.span) == word.raw for word in (each.name, *each.args))
        assert each.line == tree.source.text.count("\n", 0, each.span.start) + 1
        if each.block:
            block = tree.source.at(each.block.span)
            assert (block[0], block[-1]) == ("{", "}")
    assert all(tree.source.at(span).startswith("#") for span in tree.comments)


@pytest.mark.parametrize("name", LEGAL)
def test_newlines_and_the_last_one_make_no_difference(name: str) -> None:
    text = (SYNTAX / name).read_bytes().decode()
    expected = plain(read(text))
    assert plain(read(text + "\n")) == expected
    crlf = read(text.replace("\n", "\r\n"))
    assert repr(plain(crlf)).replace("\\r\\n", "\\n") == repr(expected)
    assert comments(crlf) == comments(read(text))


def test_carriage_returns_alone_are_white_space() -> None:
    assert plain(read("a 1;\rb {\rc;\r}\r")) == plain(read("a 1;\nb {\nc;\n}\n"))


def test_torture_file() -> None:
    http = {name: block for name, _, block in plain(fixture("torture.conf"))}["http"]
    assert isinstance(http, tuple)
    entries = {name: (args, block) for name, args, block in http}
    assert entries["log_format"][0] == (
        "main",
        "$remote_addr [$time_local] ",
        '"$request" $status',
    )
    assert entries["map"][1] == (
        ("default", ("upgrade",), None),
        ("", ("close",), None),
        ("~^(?<year>\\d{4})-\\d{2};#", ("{$year}",), None),
        ("~^a\\ b\\;c$", ("it's \\ \t",), None),
    )
    inside = entries["server"][1]
    assert isinstance(inside, tuple)
    server = {name: (args, block) for name, args, block in inside}
    assert server["listen"][0] == ("127.0.0.1:18080", "reuseport")
    assert server["server_name"][0] == ("a.test", "b.test", "c.test", "d.test")


def test_lua_blocks_keep_their_code() -> None:
    tree = fixture("lua.conf")
    codes = [each.lua.raw for _, each in walk(tree) if each.lua]
    assert [len(code.strip()) > 0 for code in codes] == [True, True, True, False]
    assert codes[2] == " ngx.say(ngx.var.answer) "
    assert plain(tree)[1][2][-1] == ("location", ("/after",), (("return", ("204",), None),))  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("a;\n;", 2, 1, 'unexpected ";"'),
        ("a;;", 1, 3, 'unexpected ";"'),
        ("a {\n};", 2, 2, 'unexpected ";"'),
        ("{ a; }", 1, 1, 'unexpected "{"'),
        ("{{ a }}", 1, 1, "template"),
        ("a ${b};\nlocation ~ \\.php${\n}", 2, 19, "not terminated"),
        ("a { { b; } }", 1, 5, 'unexpected "{"'),
        ("a;\n}", 2, 1, 'unexpected "}"'),
        ("a {\n b c\n}", 2, 5, '"b" is not terminated'),
        ("a b # c", 1, 4, '"a" is not terminated'),
        ('a "b"', 1, 6, '"a" is not terminated'),
        ("a;\nb {\n c {\n d;\n}\n", 2, 1, 'block of "b" is not closed'),
    ],
)
def test_refused_with_place(text: str, line: int, column: int, message: str) -> None:
    error = refused(text)
    assert (error.path, error.line, error.column) == ("x.conf", line, column)
    assert message in error.message
    assert error.todo


def test_byte_order_mark_is_refused_as_nginx_does() -> None:
    with pytest.raises(UserError, match="byte order mark"):
        parse(Source.decode("x.conf", b"\xef\xbb\xbfevents {}\n"))


@pytest.mark.parametrize("text", ["", "\n\n", "# only\n# comments", "\r\n \t"])
def test_files_without_directives(text: str) -> None:
    assert read(text).directives == ()


def test_nesting_has_a_bound() -> None:
    deepest = read("a {" * MAX_DEPTH + "}" * MAX_DEPTH)
    assert len(list(walk(deepest))) == MAX_DEPTH
    error = refused("a {" * 10_000 + "}" * 10_000)
    assert str(MAX_DEPTH) in error.message
    assert error.column == 3 * MAX_DEPTH + 3


def test_same_text_gives_the_same_tree_for_the_source_that_was_asked_for() -> None:
    one = parse(Source("x.conf", "cached 1;", mode=0o600))
    other = parse(Source("x.conf", "cached 1;", mode=0o644))
    assert one.directives is other.directives
    assert (one.source.mode, other.source.mode) == (0o600, 0o644)
