from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patcher.lang.shell import read_script
from patcher.lang.shell_lexer import tokens

CORPUS = Path(__file__).parents[3] / "shared/corpus/stacks"


def words(text: str) -> list[tuple[str, ...]]:
    return [command.words for command in read_script(text).commands]


def comments(text: str) -> list[str]:
    return [text[one.body.start : one.body.end] for one in read_script(text).comments]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b\nc", [("a", "b"), ("c",)]),
        ("a && b || c; d | e & f", [("a",), ("b",), ("c",), ("d",), ("e",), ("f",)]),
        ("a \\\n  b \\\r\n  c", [("a", "b", "c")]),
        ("a\r\nb\r\n", [("a",), ("b",)]),
        ('a \'b # c\' "d # \\" e" f\\ g', [("a", "b # c", 'd # " e', "f g")]),
        ("A=1 B='x y' a C=2", [("a", "C=2")]),
        ("A=1", []),
        ("a >out 2>&1 <in b", [("a", "b")]),
        ("a 2 >out", [("a", "2")]),
        ("if a; then b; elif c; then d; else e; fi", [("a",), ("b",), ("c",), ("d",), ("e",)]),
        ("while ! a; do b; done", [("a",), ("b",)]),
        ("for x in 1 2; do a $x; done", [("a", "$x")]),
        (
            'case "$1" in\n web|app) a ;;\n (job) b;;\n *) c\nesac\nd',
            [("a",), ("b",), ("c",), ("d",)],
        ),
        ("(a; b) && { c; }", [("a",), ("b",), ("c",)]),
        ("migrate() {\n  a b\n}\nmigrate", [("a", "b"), ("migrate",)]),
        ("function f { a; }", [("a",)]),
        ('a "$(b "c d")" `e`', [("b", "c d"), ("e",), ("a", '$(b "c d")', "`e`")]),
        ("a ${b:-$(c)} ${#d}", [("a", "${b:-$(c)}", "${#d}")]),
        ("x=(a b) && c", [("c",)]),
        ("a <<EOF\nb\nEOF\nc", [("a",), ("c",)]),
        ("a <<-'X' | b\n\tc && d\n\tX\ne", [("a",), ("b",), ("e",)]),
        ("a <<< b", [("a",)]),
        ('exec "$@"', [("exec", "$@")]),
        ("echo if then", [("echo", "if", "then")]),
        ("'if' a", [("if", "a")]),
        ("x)\n  a\n  ;;\nb", [("a",), ("b",)]),
    ],
)
def test_commands(text: str, expected: list[tuple[str, ...]]) -> None:
    assert words(text) == expected


def test_a_comment_ends_with_its_line_and_no_earlier() -> None:
    assert words("# a &&\n  b") == [("b",)]
    assert comments("# a &&\n  b") == ["a &&"]
    assert words("# a && b") == []
    assert comments("# a && b") == ["a && b"]


def test_a_number_sign_inside_a_word_or_quotes_is_no_comment() -> None:
    assert words("a#b 'c #d' $#  # e") == [("a#b", "c #d", "$#")]
    assert comments("a#b 'c #d' $#  # e") == ["e"]


def test_spans_are_characters_of_the_text() -> None:
    text = "é; A=1 run 'ü' >x # ö\n"
    script = read_script(text)
    shown = [text[one.span.start : one.span.end] for one in script.commands]
    assert shown == ["é", "A=1 run 'ü' >x"]
    assert [text[one.span.start : one.span.end] for one in script.comments] == ["# ö"]


def test_spans_inside_a_substitution_are_those_of_the_whole_text() -> None:
    text = 'a "$(b $(c d))"'
    shown = [text[one.span.start : one.span.end] for one in read_script(text).commands]
    assert shown == ["c d", "b $(c d)", text]


def test_what_ends_a_command_is_told() -> None:
    assert [one.after for one in read_script("a && b; (c) | d\ne").commands] == [
        "&&",
        ";",
        ")",
        "\n",
        "",
    ]


@pytest.mark.parametrize("piece", ["$(", '"${', "`", "<<A\n", "'", "case x in ", "(", "a=(", "\\"])
def test_deep_and_unclosed_text_is_read_to_its_end(piece: str) -> None:
    read_script(piece * 20_000)


@given(st.text(alphabet="ab #'\"\\$(){}`;&|<>\n\r=é", max_size=60))
def test_any_text_is_read_and_every_span_lies_inside(text: str) -> None:
    script = read_script(text)
    spans = [one.span for one in script.commands] + [one.span for one in script.comments]
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    positions = [
        position for token in tokens(text) for position in (token.span.start, token.span.end)
    ]
    assert positions == sorted(positions)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")
def test_every_script_of_the_corpus_is_read() -> None:
    paths = [path for path in CORPUS.rglob("*.sh") if path.is_file()]
    assert len(paths) > 50
    for path in paths:
        text = path.read_text(encoding="utf-8", errors="replace")
        script = read_script(text)
        assert script.commands or script.comments or not text.strip()
