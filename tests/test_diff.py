"""The change of a file as edits: made in the old text, they give the new one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from patcher.diff import opcodes, replacements
from patcher.text import Source, splice

TEXTS = st.text(alphabet="ab\n\r\f\u2028\U0001f600", max_size=30)


@given(TEXTS, TEXTS)
def test_the_edits_give_the_new_text(old: str, new: str) -> None:
    edits = replacements(Source("a.yml", old), Source("a.yml", new))
    assert splice(old, edits) == new
    assert bool(edits) == (old != new)


@given(TEXTS)
def test_a_new_file_is_one_insertion(new: str) -> None:
    edits = replacements(None, Source("a.yml", new))
    assert [(one.start, one.end, one.text) for one in edits] == ([(0, 0, new)] if new else [])


def test_lines_that_stay_are_left_alone() -> None:
    (edit,) = replacements(Source("a", "one\ntwo\nthree\n"), Source("a", "one\n2\nthree\n"))
    assert (edit.path, edit.start, edit.end, edit.text) == ("a", 4, 8, "2\n")


def test_opcodes_lead_from_one_side_to_the_other() -> None:
    old, new = ["a", "b", "c", "d"], ["a", "x", "c", "y", "d"]
    steps = list(opcodes(old, new))
    assert [tag for tag, *_ in steps] == ["equal", "replace", "equal", "insert", "equal"]
    assert [line for tag, *_, start, end in steps for line in new[start:end]] == new
    assert [line for tag, start, end, *_ in steps for line in old[start:end]] == old


def test_opcodes_of_equal_and_of_empty_sides() -> None:
    assert list(opcodes(["a"], ["a"])) == [("equal", 0, 1, 0, 1)]
    assert list(opcodes([], ["a"])) == [("insert", 0, 0, 0, 1)]
    assert list(opcodes([], [])) == []
