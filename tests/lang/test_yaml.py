"""Reading YAML, trap by trap; every text goes through both parsers, which must agree."""

from __future__ import annotations

from typing import Any

import pytest

from patcher.errors import UserError
from patcher.lang import yaml
from patcher.lang.yaml import parse
from patcher.lang.yaml_nodes import Sequence
from patcher.lang.yaml_scalars import Tagged
from patcher.text import Source
from tests.lang.yaml_helpers import added, comments, model, node_at, read, written


def refused(text: str) -> str:
    with pytest.raises(UserError) as error:
        parse(Source("t.yml", text))
    return f"{error.value.line}:{error.value.column} {error.value.message}"


# --- where nodes end


@pytest.mark.parametrize(
    "behind",
    ["\n\n\n", "\n# comment\n", "\n  # deeper\n\n# less\n", "   \n\n", " # tail\n\n# next\n"],
)
def test_a_collection_ends_with_its_last_child(behind: str) -> None:
    """Parsers' own end marks run past trailing comments and blank lines."""
    tree = read(f"a:\n  b:\n    c: 1{behind}d:\n  - e{behind}f: 2\n")
    assert written(tree, "a") == "b:\n    c: 1"
    assert written(tree, "a", "b") == "c: 1"
    assert written(tree, "d") == "- e"


@pytest.mark.parametrize(
    ("written_as", "value"),
    [
        ("|\n  x\n", "x\n"),
        ("|-\n  x\n", "x"),
        (">\n  x\n  y\n", "x y\n"),
        (">-\n  x\n\n  y\n", "x\ny"),
        ("|2\n   x\n", " x\n"),
        ("|1-\n x\n", "x"),
        ("|-1\n x\n", "x"),
        ("|\n  x\n\n  y\n", "x\n\ny\n"),
        ("|\n  x\n    \n", "x\n  \n"),
    ],
)
@pytest.mark.parametrize("behind", ["", "\n", "\n\n\n", "\n# comment\n\n"])
def test_a_block_scalar_ends_with_its_text(written_as: str, value: str, behind: str) -> None:
    """Parsers count the blank lines behind it in, whatever the chomping indicator says."""
    tree = read(f"a: {written_as}{behind}b: 1\n")
    assert written(tree, "a") == written_as.removesuffix("\n")
    assert tree.model["a"] == value


@pytest.mark.parametrize("header", ["|+", ">+", "|2+", "|+2"])
def test_blank_lines_that_a_block_scalar_keeps_are_its_own(header: str) -> None:
    tree = read(f"a: {header}\n  x\n\n\n# comment\nb: 1\n")
    assert written(tree, "a") == f"{header}\n  x\n\n\n"
    assert tree.model["a"] == "x\n\n\n"
    assert comments(tree) == ["# comment"]


@pytest.mark.parametrize("header", ["|", ">-", "|+", "| # comment"])
def test_an_empty_block_scalar_ends_with_its_header(header: str) -> None:
    tree = read(f"a: {header}\nb: 1\n")
    assert tree.model == {"a": "", "b": 1}
    assert node_at(tree, "a").end <= tree.source.text.index("b:")


@pytest.mark.parametrize(
    ("text", "route", "offset"),
    [
        ("a:\nb: 1\n", ("a",), 2),
        ("a:   # comment\nb: 1\n", ("a",), 2),
        ("a:\n\n\n# comment\n\nb: 1\n", ("a",), 2),
        ("- \n- x\n", (0,), 1),
        ("-\n\n# c\n- x\n", (0,), 1),
        ("a:\n", ("a",), 2),
        ("a :", ("a",), 3),
        ("{a: , b: 1}", ("a",), 3),
        ("? a\nb: 1\n", ("a",), 3),
        ("a: &x\nb: *x\n", ("a",), 3),
        ("a: !reset\nb: 1\n", ("a",), 3),
    ],
)
def test_an_empty_value_stands_right_behind_what_announces_it(
    text: str, route: tuple[str | int, ...], offset: int
) -> None:
    """libyaml puts it there, too; the pure parser at the next token, past comments and lines."""
    assert node_at(read(text), *route).start == offset


def test_spans_of_nodes_begin_with_anchor_and_tag_and_bodies_behind_them() -> None:
    tree = read("a: &x !!str\n  b\nc: !t   &y [d]\ne: !t\n  f: 1\n")
    nodes = [node_at(tree, key) for key in "ace"]
    assert [tree.source.at(node.span) for node in nodes] == [
        "&x !!str\n  b",
        "!t   &y [d]",
        "!t\n  f: 1",
    ]
    assert [tree.source.text[node.body : node.end] for node in nodes] == ["b", "[d]", "f: 1"]


# --- text


def test_a_folded_scalar_keeps_the_newline_before_a_more_indented_line() -> None:
    """The incident's own command depends on it: the `#` ends with its line."""
    more, same = (
        model(f'command: >\n  sh -c "# migrate &&\n{pad}daphne"\n') for pad in ("         ", "  ")
    )
    assert more == {"command": 'sh -c "# migrate &&\n       daphne"\n'}
    assert same == {"command": 'sh -c "# migrate && daphne"\n'}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: b#c\n", []),
        ("a: b #c\n", ["#c"]),
        ("a: 'b # c'#d\n", ["#d"]),
        ("a: &x 1\nb: *x # c\n", ["# c"]),
        ("a: | # header\n  # text\n# c\n", ["# header", "# c"]),
        ("a: b\n  c # d\ne: 1\n", ["# d"]),
        ("a: [b, # c\n  d] # e\n", ["# c", "# e"]),
        ("#\n #a\n  #b", ["#", "#a", "#b"]),
        ("a: >-\n  b\n #c\nd: 1\n", ["#c"]),
    ],
)
def test_comments_are_told_from_text(text: str, found: list[str]) -> None:
    assert comments(parse(Source("t.yml", text))) == found


def test_a_comment_full_of_number_signs_is_read_in_one_way() -> None:
    """Nothing of a hostile file may take time that doubles with each character."""
    marks = "# " * 2000
    tree = read(f"a: {{b {marks}\n, c: d}}\ne: {marks}\nf:\n  - {marks}\n  - g\n")
    assert tree.model == {"a": {"b": None, "c": "d"}, "e": None, "f": [None, "g"]}
    assert comments(tree) == [marks] * 3
    assert added(tree.source.text, "a").count(marks) == 3


# --- documents, keys


def test_several_documents_are_a_list_and_anchors_end_with_theirs() -> None:
    text = "# one\n---\na: &x 1\n...\n---\n# two\n---\nb: |\n  c\n---\n"
    tree = read(text)
    assert tree.model == [{"a": 1}, None, {"b": "c\n"}, None]
    assert comments(tree) == ["# one", "# two"]
    assert refused(text + "c: *x\n") == "11:4 alias *x has no anchor before it"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: 1\nb: 2\na: 3\n", "3:1"),
        ("a: 1\n'a': 2\n", "2:1"),
        ('x: {a: 1, "a": 2}\n', "1:11"),
        ("- b:\n    a: 1\n    a: 2\n", "3:5"),
    ],
)
def test_a_key_that_stands_twice_is_refused(text: str, place: str) -> None:
    assert refused(text) == f"{place} key `a` stands twice in one mapping"


def test_two_merge_keys_in_one_mapping_are_refused_and_a_list_of_merges_is_not() -> None:
    base = "x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\n"
    assert refused(base + "z:\n  <<: *x\n  <<: *y\n") == "5:3 key `<<` stands twice in one mapping"
    assert model(base + "z:\n  <<: [*x, *y]\n  c: 3\n")["z"] == {"a": 1, "b": 1, "c": 3}


@pytest.mark.parametrize(
    "text", ["a: {{ b }}\n", "? [a]\n: b\n", "? |\n  a\n: b\n", "? \n: b\n", "a: &x b\n*x : c\n"]
)
def test_keys_that_are_no_words_are_refused(text: str) -> None:
    assert "a mapping key must be a plain word or a quoted text" in refused(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: !reset\n", Tagged("!reset", "")),
        ("a: !reset null\n", Tagged("!reset", "null")),
        ("a: !override [b]\n", Tagged("!override", ["b"])),
        ("a: !override\n  b: !reset []\n", Tagged("!override", {"b": Tagged("!reset", [])})),
        ("a: &x !reset {}\n", Tagged("!reset", {})),
        ("a: !!map {b: !!str 1}\n", {"b": "1"}),
        ("a: !!seq [!!int '1']\n", [1]),
        ("a: ! 'b'\n", "b"),
    ],
)
def test_tags_of_compose_are_part_of_the_model_and_those_of_yaml_are_not(
    text: str, value: Any
) -> None:
    assert model(text) == {"a": value}


# --- the pure parser in place of libyaml


def test_without_the_c_extension_spans_and_model_are_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "a: &x\n  b: |+\n    c\n\n# d\ne: *x\nf:\n# g\n- h: 22:22\n"
    expected = parse(Source("t.yml", text))
    monkeypatch.setattr(yaml, "_c_parser", lambda: None)
    assert not yaml.has_c_parser()
    tree = parse(Source("pure.yml", text))
    assert (tree.model, tree.comments) == (expected.model, expected.comments)
    assert [written(tree, key) for key in "aef"] == [written(expected, key) for key in "aef"]


def test_an_anchor_defined_twice_counts_from_where_it_stands() -> None:
    assert model("a: &x 1\nb: *x\nc: &x 2\nd: *x\n") == {"a": 1, "b": 1, "c": 2, "d": 2}
    assert model("a: &x {b: &x 1}\nc: *x\n") == {"a": {"b": 1}, "c": 1}


def test_a_file_of_several_thousand_lines_and_a_very_long_line() -> None:
    services = "".join(
        f"  s{n}:\n    image: i{n}  # c{n}\n    ports: ['{n}']\n" for n in range(1400)
    )
    text = f"services:\n{services}x-long: [{', '.join(f'w{n}' for n in range(40_000))}]\n"
    tree = parse(Source("t.yml", text))
    assert written(tree, "services", "s1399", "image") == "i1399"
    assert written(tree, "x-long", 39_999) == "w39999"
    assert len(tree.comments) == 1400
    assert tree.source.line_column(node_at(tree, "x-long").start) == (4202, 9)


@pytest.mark.parametrize("pure", [False, True])
@pytest.mark.parametrize(
    ("text", "start"),
    [("k: # !x\n  &a !t v\n", 10), ("k: # !x\n  !t &a v\n", 10), ("k: [w,!t &a v]\n", 6)],
)
def test_a_node_begins_at_its_tag_or_anchor(text: str, start: int, pure: bool) -> None:
    source = Source("t.yml", text)
    tree = yaml._tree(source, yaml.events(source, pure=pure))
    node = node_at(tree, "k")
    assert (node.items[-1] if isinstance(node, Sequence) else node).start == start
