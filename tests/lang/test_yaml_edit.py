"""Entries added and texts changed: in the style of the file, and nothing else moves."""

from __future__ import annotations

import pytest

from patcher.lang.edit_error import CannotEdit
from patcher.lang.yaml_edit import add_entries, fill_null, replace_in_scalar
from patcher.lang.yaml_nodes import Scalar
from patcher.lang.yaml_style import Flow, Quoted
from patcher.text import Touch, splice
from tests.lang.yaml_helpers import added, mapping_at, node_at, proven, read

DEEP = {"deep": {"er": None}, "list": ["a", "b c"]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("s:\n  a: 1\n", "s:\n  a: 1\n  new: x\n"),
        ("s:\n  a: 1", "s:\n  a: 1\n  new: x"),
        ("s:\n  a: 1 # tail\n", "s:\n  a: 1 # tail\n  new: x\n"),
        ("s:\n  a: 1\n\n\nb: 2\n", "s:\n  a: 1\n  new: x\n\n\nb: 2\n"),
        ("s:\n  a: 1\n# of b\nb: 2\n", "s:\n  a: 1\n  new: x\n# of b\nb: 2\n"),
        ("s:\n  a: 1\n\n  # of b\nb: 2\n", "s:\n  a: 1\n  new: x\n\n  # of b\nb: 2\n"),
        ("s:\n  a: 1\n    # of a\nb: 2\n", "s:\n  a: 1\n    # of a\n  new: x\nb: 2\n"),
        ("s:\n  a:\n    - 1\n    # of 1\n", "s:\n  a:\n    - 1\n    # of 1\n  new: x\n"),
        ("s:\n  a:\nb: 2\n", "s:\n  a:\n  new: x\nb: 2\n"),
        ("s:\n  a: # why\nb: 2\n", "s:\n  a: # why\n  new: x\nb: 2\n"),
        ("s:\n  a: b\n    c\n", "s:\n  a: b\n    c\n  new: x\n"),
        ("s:\n  a: 'b\n\n    c'  # d\n", "s:\n  a: 'b\n\n    c'  # d\n  new: x\n"),
        ("s:\n  a: [b,\n    c]\n", "s:\n  a: [b,\n    c]\n  new: x\n"),
        ("s:\n- a: 1\n- b: 2\n", "s:\n- a: 1\n  new: x\n- b: 2\n"),
        ("s:\n  - - a: 1\n", "s:\n  - - a: 1\n      new: x\n"),
    ],
)
def test_a_new_entry_goes_behind_the_last_real_one(text: str, expected: str) -> None:
    """Not behind what follows it: comments and blank lines there belong to the next entry."""
    route: tuple[str | int, ...] = ("s",)
    if "- - " in text:
        route = ("s", 0, 0)
    elif "- a" in text:
        route = ("s", 0)
    assert added(text, *route) == expected


@pytest.mark.parametrize(
    ("header", "body", "behind"),
    [
        ("|", "x\n", "\n\nb: 2\n"),
        ("|-", "x\n", "\n# of b\nb: 2\n"),
        (">", "x\n    y\n", "\nb: 2\n"),
        (">-", "x\n", ""),
        ("|+", "x\n\n\n", "b: 2\n"),
        (">+", "x\n\n", ""),
        ("|2", " x\n", "\nb: 2\n"),
    ],
)
def test_a_new_entry_behind_a_block_scalar_leaves_its_text_alone(
    header: str, body: str, behind: str
) -> None:
    before = f"s:\n  a: {header}\n    {body}"
    assert added(before + behind, "s") == f"{before}  new: x\n{behind}"


def test_a_file_that_ends_within_a_block_scalar_takes_no_line_behind_it() -> None:
    """The newline that the new line needs would become part of the text."""
    tree = read("s:\n  a: |\n    x")
    with pytest.raises(CannotEdit, match="without a newline"):
        add_entries(tree, mapping_at(tree, "s"), [("new", "x")], at=[("s",)])
    assert added("s:\n  a: |-\n    x", "s") == "s:\n  a: |-\n    x\n  new: x"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("s:\n    a:\n        b: 1\n", "    new:\n        deep:\n            er:\n"),
        ("s:\n   a: 1\n", "   new:\n      deep:\n         er:\n"),
        ("s:\n  a: 1\n", "  new:\n    deep:\n      er:\n"),
        # most of the file counts, not the mapping beside
        ("s:\n    a: 1\nt:\n  b:\n    c: 1\n", "    new:\n      deep:\n        er:\n"),
        ("s:\n  a: 1\nt:\n    b:\n        c: 1\n", "  new:\n      deep:\n          er:\n"),
    ],
)
def test_new_lines_take_the_indentation_of_most_of_the_file(text: str, expected: str) -> None:
    assert expected in added(text, "s", new=DEEP)


@pytest.mark.parametrize(
    ("lists", "dash"),
    [
        ("l:\n- a\n", ""),
        ("l:\n  - a\n", "  "),
        ("l:\n    - a\n", "    "),
        ("l:\n- a\nm:\n  - b\nn:\n  - c\n", "  "),
        ("l:\n# - x\n- a\nm:\n-\n  b\nn:\n  - c\n", ""),
        ("l: [a]\n", "  "),
        ("", "  "),
    ],
)
def test_new_lists_take_the_dashes_of_most_of_the_file(lists: str, dash: str) -> None:
    text = added(f"s:\n  a: 1\n{lists}", "s", new=["a", "b c"])
    assert f"  new:\n  {dash}- a\n  {dash}- b c\n" in text


@pytest.mark.parametrize(
    ("text", "quote"),
    [("a: 'x'\n", "'"), ('a: "x"\n', '"'), ("a: x\n", '"'), ("a: ['x', 'y', \"z\"]\n", "'")],
)
def test_new_quotes_are_those_of_most_of_the_file(text: str, quote: str) -> None:
    assert f"new: {quote}on{quote}\n" in added(text, new="on")
    assert f"new: {quote}x{quote}\n" in added(text, new=Quoted("x"))
    assert f"new: [{quote}CMD{quote}, " in added(text, new=Flow(("CMD", "true")))


@pytest.mark.parametrize("value", ["22:22", "on", "no", "0644", "0o17", "1e3", "~", "", "y", "1_0"])
def test_a_text_that_a_reader_could_take_for_more_is_quoted(value: str) -> None:
    assert f'new: "{value}"\n' in added("a: 1\n", new=value)


@pytest.mark.parametrize("eol", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("end", ["", "{eol}", "{eol}{eol}"])
def test_new_lines_end_as_the_file_s_do_and_the_last_one_stays(eol: str, end: str) -> None:
    end = end.replace("{eol}", eol)
    text = "s:\n  a: 1\n  b: 2".replace("\n", eol)
    assert added(text + end, "s") == f"{text}{eol}  new: x{end}"


def test_most_newlines_win_in_a_mixed_file() -> None:
    assert added("s:\r\n  a: 1\r\nb: 2\n", "s") == "s:\r\n  a: 1\r\n  new: x\r\nb: 2\n"


def test_a_byte_order_mark_stays_in_front() -> None:
    tree = read("a: 1\n", bom=True)
    text = proven(tree, add_entries(tree, mapping_at(tree), [("new", "x")], at=[()]))
    assert tree.source.with_text(text).encode() == b"\xef\xbb\xbfa: 1\nnew: x\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("s: {}\n", "s: {new: x}\n"),
        ("s: {a: 1} # tail\n", "s: {a: 1, new: x} # tail\n"),
        ("s: { a: 1 }\n", "s: { a: 1, new: x }\n"),
        ("s: {a: 1, }\n", "s: {a: 1, new: x, }\n"),
        ("s: {a: }\n", "s: {a: , new: x }\n"),
        ("s: {a}\n", "s: {a, new: x}\n"),
        ('s: {"a": 1}\n', 's: {"a": 1, "new": "x"}\n'),
        ('s: {"a":1}\n', 's: {"a":1, "new": "x"}\n'),
        ("s: {\n  a: 1,\n  b: 2 # c\n}\n", "s: {\n  a: 1,\n  b: 2,\n  new: x # c\n}\n"),
        ("s: {a: {b: [c]}}\n", "s: {a: {b: [c]}, new: x}\n"),
    ],
)
def test_a_flow_mapping_is_edited_as_flow(text: str, expected: str) -> None:
    assert added(text, "s") == expected


def test_a_pair_in_a_list_without_braces_takes_no_entry() -> None:
    tree = read("s: [a: 1]\n")
    with pytest.raises(CannotEdit, match="without braces"):
        add_entries(tree, mapping_at(tree, "s", 0), [("new", "x")], at=[("s", 0)])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: {x: 1}\n\nb: {x: 1}\n\nc: {x: 1}\n", "c: {x: 1}\n\nnew: x\n"),
        ("a: 1\n\nb: 2\nc: 3\nd: 4\n", "d: 4\nnew: x\n"),
        ("a: 1\r\n\r\nb: 2\r\n", "b: 2\r\n\r\nnew: x\r\n"),
    ],
)
def test_a_blank_line_is_set_before_it_where_most_siblings_have_one(
    text: str, expected: str
) -> None:
    assert added(text).endswith(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("s:\n  a: 1\n  z: 2\n# end\n", "s:\n  a: 1\n  new: x\n  z: 2\n# end\n"),
        (
            "s:\n  a: 1 # of a\n  # of z\n  z: 2\n",
            "s:\n  a: 1 # of a\n  new: x\n  # of z\n  z: 2\n",
        ),
        ("s:\n  z: 1\n  a: 2\n", "s:\n  z: 1\n  a: 2\n  new: x\n"),
        ("s:\n  z: 1\n", "s:\n  z: 1\n  new: x\n"),
        ("s: {a: 1, z: 2}\n", "s: {a: 1, new: x, z: 2}\n"),
        ("s: {z: 2}\n", "s: {z: 2, new: x}\n"),
        ("s: {}\n", "s: {new: x}\n"),
    ],
)
def test_it_goes_before_the_last_entry_where_that_has_a_given_name(
    text: str, expected: str
) -> None:
    tree = read(text)
    edits = add_entries(tree, mapping_at(tree, "s"), [("new", "x")], at=[("s",)], before="z")
    assert proven(tree, edits) == expected


def test_an_entry_that_is_there_already_is_not_added() -> None:
    for text in ("s: {new: 1}\n", "x: &x {new: 1}\ns:\n  <<: *x\n  a: 1\n"):
        tree = read(text)
        with pytest.raises(CannotEdit, match="`s` already has `new`"):
            add_entries(tree, mapping_at(tree, "s"), [("new", "x")], at=[("s",)])


# --- anchors and aliases


def test_an_edit_through_an_alias_edits_the_anchor() -> None:
    text = "x: &x\n  a: 1\ns: *x\nt:\n  <<: *x\n  b: 2\n"
    tree = read(text)
    mapping = mapping_at(tree, "s")
    edits = add_entries(tree, mapping, [("new", 1)], at=[("x",), ("s",), ("t",)])
    assert proven(tree, edits) == text.replace("  a: 1\n", "  a: 1\n  new: 1\n")
    assert set(edits[0].touches) == {Touch((one, "new"), 1) for one in "xst"}


def test_an_edit_that_another_user_of_the_anchor_does_not_ask_for_is_refused() -> None:
    tree = read("base: &x\n  a: 1\ns: *x\n")
    with pytest.raises(CannotEdit, match="shared through an anchor with `base`"):
        add_entries(tree, mapping_at(tree, "s"), [("new", 1)], at=[("s",)])


def test_the_anchored_mapping_itself_takes_the_entry_behind_its_own() -> None:
    assert added("x: &x\n  a: 1\ny: *x\n", "x") == "x: &x\n  a: 1\n  new: x\ny: *x\n"
    assert added("x: &x {a: 1}\ny: *x\n", "y") == "x: &x {a: 1, new: x}\ny: *x\n"


# --- filling and replacing


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("s:\n", "s:\n  new: x\n"),
        ("s:", "s:\n  new: x"),
        ("s: # why\n", "s: # why\n  new: x\n"),
        ("s: ~ # why\nb: 1\n", "s: # why\n  new: x\nb: 1\n"),
        ("s: null\r\n", "s:\r\n  new: x\r\n"),
        ("{s: }\n", "{s: {new: x} }\n"),
        ("{s: null, b: 1}\n", "{s: {new: x}, b: 1}\n"),
        ('{"s": null}\n', '{"s": {"new": "x"}}\n'),
        ("s:\n# of b\nb: 1\n", "s:\n  new: x\n# of b\nb: 1\n"),
    ],
)
def test_a_null_becomes_a_mapping(text: str, expected: str) -> None:
    tree = read(text)
    root = mapping_at(tree)
    edits = fill_null(tree, root, root.own["s"], [("new", "x")], at=[("s",)])
    assert proven(tree, edits) == expected


@pytest.mark.parametrize(
    "text", ["? s\n", "a: 1\n? s\n", "s: &x\nb: *x\n", "s: !reset null\n", "s: !!null ~\n"]
)
def test_a_null_written_in_an_unusual_way_is_not_filled(text: str) -> None:
    tree = read(text)
    root = mapping_at(tree)
    node = node_at(tree, "s")
    with pytest.raises(CannotEdit):
        fill_null(tree, root, root.own["s"], [("new", "x")], at=tree.routes(node))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("s: a old b # old\n", "s: a new b # old\n"),
        ("s: >\n  a\n  old\n\n  b\n", "s: >\n  a\n  new\n\n  b\n"),
        ("s: 'a old b'\nold: 1\n", "s: 'a new b'\nold: 1\n"),
        ("s: | # old\n  a old b\n", None),
        ("s: a old old\n", None),
    ],
)
def test_a_text_is_changed_only_where_it_stands_once(text: str, expected: str | None) -> None:
    tree = read(text)
    scalar = node_at(tree, "s")
    assert isinstance(scalar, Scalar)
    value = scalar.value.replace("old", "new", 1)
    try:
        edits = replace_in_scalar(tree, scalar, "old", "new", value=value, at=[("s",)])
    except CannotEdit:
        assert expected is None
        return
    assert proven(tree, edits) == expected


def test_touches_name_what_was_not_there_before() -> None:
    tree = read("s:\n  a: 1\n")
    (edit,) = add_entries(tree, mapping_at(tree, "s"), [("b", None), ("c", [1])], at=[("s",)])
    assert edit.touches == (Touch(("s", "b"), None), Touch(("s", "c"), [1]))
    assert splice(tree.source.text, [edit]) == "s:\n  a: 1\n  b:\n  c:\n    - 1\n"
