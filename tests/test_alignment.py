"""Runs of equal lines: right for any texts, and found at lines that both texts hold once."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patcher.alignment import Matcher, common
from patcher.diff import applied, unified
from patcher.text import Source

LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d\n"]), max_size=12)


def blocks(old: list[str], new: list[str]) -> list[tuple[int, int, int]]:
    return [tuple(one) for one in Matcher(old, new).get_matching_blocks()]  # type: ignore[misc]


def is_right(old: list[str], new: list[str]) -> bool:
    """Whether all runs are equal lines in order, none touching the next, and the last is empty."""
    found = blocks(old, new)
    left = right = 0
    for one, other, length in found:
        if one < left or other < right or old[one : one + length] != new[other : other + length]:
            return False
        left, right = one + length, other + length
    touching = [
        (one, after)
        for one, after in pairwise(found)
        if (one[0] + one[2], one[1] + one[2]) == after[:2] and after[2]
    ]
    return found[-1] == (len(old), len(new), 0) and not touching


@given(LINES, LINES)
def test_short_texts_are_compared_as_difflib_does(old: list[str], new: list[str]) -> None:
    expected = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    assert blocks(old, new) == [tuple(one) for one in expected]


@given(LINES, LINES, st.integers(0, 3))
def test_long_texts_are_cut_at_lines_that_both_hold_once(
    old: list[str], new: list[str], swapped: int
) -> None:
    middle = [f"line {number}\n" for number in range(600)]
    moved = [*middle[swapped:], *middle[:swapped]]
    before, after = [*old, *middle, *new], [*new, *moved, *old]
    assert is_right(before, after)
    assert sum(length for _, _, length in blocks(before, after)) >= 600 - swapped


@pytest.mark.parametrize("ending", ["\n", ""])
def test_the_diff_of_long_texts_reads_back(ending: str) -> None:
    lines = [f"  app{number}:\n    image: x\n    depends_on:\n      - db" for number in range(500)]
    before = Source("compose.yaml", "\n".join(lines) + ending)
    text = before.text.replace("      - db", "      db:\n        condition: healthy")
    after = before.with_text(text.replace("app7:", "app7x:").replace("image: x", "image: y", 3))
    diff = unified(before, after)
    assert applied(diff, before) == after.text
    assert diff.count("\n-") - 1 == 500 + 3 + 1


def test_equal_lines_alone_are_no_anchors() -> None:
    old, new = ["x\n"] * 800, ["x\n"] * 790 + ["y\n"] * 5
    assert is_right(old, new)
    assert common(old, new) == 790
