from __future__ import annotations

import pytest

from patcher.errors import UserError
from patcher.lang.edit_error import CannotEdit
from patcher.lang.nginx_tokens import MAX_COMMENT, MAX_WORD, Kind, quote, scan, unquote
from patcher.text import Source
from tests.lang.nginx_helpers import LEGAL, SYNTAX, read


def words(text: str) -> list[str]:
    source = Source("x.conf", text)
    return [source.at(token.span) for token in scan(source) if token.kind is Kind.WORD]


def refused(text: str) -> UserError:
    with pytest.raises(UserError) as error:
        list(scan(Source("x.conf", text)))
    return error.value


@pytest.mark.parametrize("eol", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("name", LEGAL)
def test_texts_of_the_tokens_join_to_the_source(name: str, eol: str) -> None:
    text = (SYNTAX / name).read_bytes().decode().replace("\n", eol)
    source = Source(name, text)
    assert "".join(source.at(token.span) for token in scan(source)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b;c d;", ["a", "b", "c", "d"]),
        ("a\tb\r\nc\rd;", ["a", "b", "c", "d"]),
        ("a b{c d;}", ["a", "b", "c", "d"]),
        ("a b}c;", ["a", "b}c"]),
        ("a b#c;", ["a", "b#c"]),
        ("a #b;\nc;", ["a", "c"]),
        ("a b\"c d';", ["a", 'b"c', "d'"]),
        ("a \"b;{}#\" '\n';", ["a", '"b;{}#"', "'\n'"]),
        ("a \"b\\\"c\" '\\'' ;", ["a", '"b\\"c"', "'\\''"]),
        ('a ("b");', ["a", '("b")']),
        ('if ($a = "b") {', ["if", "($a", "=", '"b"', ")"]),
        ("a b\\;c\\ d\\{;", ["a", "b\\;c\\ d\\{"]),
        ('a \\# \\"x;', ["a", "\\#", '\\"x']),
        ("a ${b}c $ ${d;", ["a", "${b}c", "$", "${d"]),
        ("a $b{", ["a", "$b"]),
        ("a \\${", ["a", "\\$"]),
        ('a "{{ b }}" "{% c %}";', ["a", '"{{ b }}"', '"{% c %}"']),
    ],
)
def test_words_as_nginx_cuts_them(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ('a;\nb "c"d;', 2, 6, "directly after a quoted argument"),
        ('a "b"#c\n;', 1, 6, "directly after a quoted argument"),
        ('a;\n b "c;\n', 2, 4, "does not end"),
        ("a 'b\\';", 1, 3, "does not end"),
        ("a b\\", 1, 4, "ends after a backslash"),
        ("a;\nb \0;", 2, 3, "NUL"),
        ("a;\nb {{ c }};", 2, 3, "template"),
        ("{% if a %}", 1, 1, "template"),
        ("a ${{ b }};", 1, 3, "template"),
        ("a_by_lua_block {\n '}' ", 1, 16, "Lua"),
    ],
)
def test_refused_with_place(text: str, line: int, column: int, message: str) -> None:
    error = refused(text)
    assert (error.path, error.line, error.column) == ("x.conf", line, column)
    assert message in error.message
    assert error.todo


def test_template_fixture_is_refused_as_one() -> None:
    text = (SYNTAX / "jinja.conf.j2").read_text(encoding="utf-8")
    assert "template" in refused(text).message
    assert refused(text).line == 3


@pytest.mark.parametrize("char", ["a", "é"])
def test_words_and_comments_longer_than_the_buffer_of_nginx(char: str) -> None:
    fits = char * (MAX_WORD // len(char.encode()))
    assert words(f'x {fits} "{fits}";') == ["x", fits, f'"{fits}"']
    assert "bytes" in refused(f"x {fits}{char};").message
    assert "bytes" in refused(f"x '{fits}{char}';").message
    remark = "#" + char * ((MAX_COMMENT - 1) // len(char.encode()))
    assert words(f"{remark}\nx;") == ["x"]
    assert "comment" in refused(f"{remark}{char}\nx;").message


def test_comment_ends_before_its_newline_and_not_at_a_lone_carriage_return() -> None:
    source = Source("x.conf", "#a\r\n#b\rc\n#d")
    spans = [token.span for token in scan(source) if token.kind is Kind.COMMENT]
    assert [source.at(span) for span in spans] == ["#a", "#b\rc", "#d"]


def test_a_lua_body_is_one_token() -> None:
    source = Source("x.conf", "content_by_lua_block {{ { 1 } }} a;")
    kinds = [token.kind for token in scan(source) if token.kind is not Kind.SPACE]
    assert kinds == [Kind.WORD, Kind.OPEN, Kind.LUA, Kind.CLOSE, Kind.WORD, Kind.END]


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("a\\;b", "a\\;b"),
        ("\\.php$", "\\.php$"),
        ('"a\\"b\\\'c"', "a\"b'c"),
        ("'\\\\d'", "\\d"),
        ("a\\tb\\r\\n", "a\tb\r\n"),
        ("\\\\\\n", "\\\n"),
        ('"a\nb"', "a\nb"),
        ("''", ""),
        ('a"b"', 'a"b"'),
    ],
)
def test_value_of_a_word(raw: str, value: str) -> None:
    assert unquote(raw) == value


@pytest.mark.parametrize(
    ("value", "like", "raw"),
    [
        ("127.0.0.11", "", "127.0.0.11"),
        ("$host:${port}", "", "$host:${port}"),
        ("~^/a$", "", '"~^/a$"'),
        ("", "", '""'),
        ("a b", "", '"a b"'),
        ("a;b", "", '"a;b"'),
        ("#a", "", '"#a"'),
        ("${a", "", '"${a"'),
        ('say "x"', "", "'say \"x\"'"),
        ('it\'s "x"', "", '"it\'s \\"x\\""'),
        ("\\.php", "", '"\\.php"'),
        ("a\\", "", '"a\\\\"'),
        ("\\t\t", "", '"\\\\t\\t"'),
        ("\\\t", "", '"\\\\\\t"'),
        ("b", "'a'", "'b'"),
        ("b", '"a"', '"b"'),
        ("b's", "'a'", "'b\\'s'"),
        ("a\u00a0b", "", '"a\u00a0b"'),
    ],
)
def test_quoting_reads_back(value: str, like: str, raw: str) -> None:
    assert quote(value, like) == raw
    assert read(f"x {raw};").directives[0].values == (value,)


@pytest.mark.parametrize("value", ["a\0b", "a" * (MAX_WORD + 1), '"' * (MAX_WORD - 1) + "'"])
def test_what_no_word_can_hold_is_not_quoted(value: str) -> None:
    with pytest.raises(CannotEdit):
        quote(value)
