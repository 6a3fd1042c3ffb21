"""The change of a file as edits: made in the old text, they give the new one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from patcher.diff import replacements
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
