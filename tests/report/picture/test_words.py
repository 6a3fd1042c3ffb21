"""The words in a box, and the room that they need."""

from __future__ import annotations

from patcher.report.picture.graph import Kind, Node
from patcher.report.picture.words import (
    LONGEST,
    MOST_LABELS,
    height,
    labels,
    shortened,
    width,
)


def node(label: str, *alike: str) -> Node:
    return Node(label, Kind.SERVICE, label, alike=tuple(map(node, alike)))


def test_long_labels_are_shortened() -> None:
    assert shortened("a" * LONGEST) == "a" * LONGEST
    assert shortened("a" * (LONGEST + 1)) == "a" * (LONGEST - 1) + "…"


def test_a_box_lists_those_alike_up_to_a_bound() -> None:
    box = node("50 alike", *map(str, range(50)))
    assert labels(box) == [*map(str, range(MOST_LABELS)), f"and {50 - MOST_LABELS} more"]


def test_hidden_characters_are_shown() -> None:
    assert labels(node("a\u202eb")) == ["a\\u202eb"]


def test_wide_characters_need_more_room() -> None:
    assert width(node("日" * 20)) > width(node("a" * 20)) > width(node("a")) == width(node("ab"))


def test_a_box_grows_with_its_labels() -> None:
    assert height(node("a", "b", "c", "d")) > height(node("a"))
