"""Side by side: every line in its place, like beside like, the words that differ marked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from patcher.report.html.rows import LONGEST_LINE, Line, Row, Side, rows
from patcher.text import Source


def compared(old: str, new: str) -> list[Row]:
    return rows(Source("a", old), Source("a", new))


def text(line: Line) -> str:
    return "".join(one.text for one in line)


def marked(line: Line) -> list[str]:
    return [one.text for one in line if one.marked]


def told(old: str, new: str) -> list[tuple[str, str, str]]:
    return [(one.side.value, text(one.old), text(one.new)) for one in compared(old, new)]


def test_like_stands_beside_like() -> None:
    old = "depends_on:\n  - db\n  - redis\nend\n"
    new = "depends_on:\n  db:\n    condition: x\n  redis:\n    condition: x\nend\n"
    assert told(old, new) == [
        ("same", "depends_on:", "depends_on:"),
        ("changed", "  - db", "  db:"),
        ("added", "", "    condition: x"),
        ("changed", "  - redis", "  redis:"),
        ("added", "", "    condition: x"),
        ("same", "end", "end"),
    ]


def test_words_that_differ_are_marked() -> None:
    (row,) = compared(
        "resolver 127.0.0.11 8.8.8.8 valid=30s;\n", "resolver 127.0.0.11 valid=60s;\n"
    )
    assert marked(row.old) == ["8.8.8.8 ", "30s"]
    assert marked(row.new) == ["60s"]


def test_unlike_lines_are_no_pair() -> None:
    assert told("abc\n", "x: [1, 2]\n") == [("removed", "abc", ""), ("added", "", "x: [1, 2]")]


def test_numbers_count_from_one_on_each_side() -> None:
    found = compared("a\nb\nc\n", "a\nnew\nb\nc\n")
    assert [(one.old_number, one.new_number) for one in found] == [
        (1, 1),
        (None, 2),
        (2, 3),
        (3, 4),
    ]


def test_a_new_file() -> None:
    assert [one.side for one in rows(None, Source("a", "x\ny\n"))] == [Side.ADDED, Side.ADDED]


def test_carriage_returns_are_no_text() -> None:
    assert told("a\r\nb\r\n", "a\r\nb c\r\n")[0] == ("same", "a", "a")
    assert told("a\r\nb\r\n", "a\r\nb c\r\n")[1] == ("changed", "b", "b c")


def test_a_long_line_is_cut_and_says_so() -> None:
    (row,) = compared("", "x" * (LONGEST_LINE + 7) + "\n")
    assert text(row.new) == "x" * LONGEST_LINE + "… 7 more characters"


def test_long_lines_are_marked_whole() -> None:
    words = " ".join("abcdefghij"[number % 10] for number in range(300))
    (row,) = compared(f"a {words}\n", f"a {words} b\n")
    assert marked(row.new) == [f"a {words} b"]


LINES = st.lists(st.sampled_from(["a", "b c", "b d", "", "  - db", "  db:"]), max_size=12)


@given(LINES, LINES)
def test_both_sides_are_whole(one: list[str], other: list[str]) -> None:
    found = compared("".join(f"{line}\n" for line in one), "".join(f"{line}\n" for line in other))
    assert [text(row.old) for row in found if row.old_number] == one
    assert [text(row.new) for row in found if row.new_number] == other
    same = [row for row in found if row.side is Side.SAME]
    assert all(text(row.old) == text(row.new) for row in same)


def test_many_changed_lines_are_paired_in_turn() -> None:
    old = "".join(f"old {number}\n" for number in range(200))
    new = "".join(f"new {number}\n" for number in range(210))
    found = compared(old, new)
    assert [one.side for one in found] == [Side.CHANGED] * 200 + [Side.ADDED] * 10
