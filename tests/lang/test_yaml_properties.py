"""Random legal YAML x every edit: refused with a reason, or exactly the declared change."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st

from patcher.errors import UserError
from patcher.lang.edit_error import CannotEdit
from patcher.lang.yaml import parse
from patcher.lang.yaml_edit import (
    add_entries,
    fill_null,
    replace_in_scalar,
)
from patcher.lang.yaml_list_edit import sequence_to_mapping
from patcher.lang.yaml_nodes import Mapping, Scalar, Sequence, Tree, target
from patcher.lang.yaml_scalars import may_stand_plain, quoted, resolve
from patcher.lang.yaml_style import Data, Flow, Quoted
from patcher.text import Edit, Source, overlaps
from tests.lang import gated
from tests.lang.yaml_helpers import nodes, proven
from tests.lang.yaml_texts import tabbed, texts
from tests.lang.yaml_trees import built

T = TypeVar("T")

VALUES: tuple[Data, ...] = (
    {"test": Flow(("CMD", "true")), "interval": "10s", "retries": 5},
    "text",
    "22:22",
    Quoted("no"),
    Flow(("a", 'b "c"', "it's # d")),
    ["one", "two words", "# three"],
    {"deep": {"deeper": {"deepest": None}}},
    {},
    [],
    None,
    True,
)
ITEMS = st.lists(
    st.tuples(st.sampled_from(["new", "new-2", "on", "80", "ä", ""]), st.sampled_from(VALUES)),
    min_size=1,
    max_size=2,
    unique_by=lambda item: item[0],
)


def attempt(tree: Tree, edit: Callable[[], tuple[Edit, ...]]) -> None:
    try:
        edits = edit()
    except CannotEdit:
        return
    proven(tree, edits)


def pick(data: st.DataObject, choices: list[T]) -> T | None:
    # by number, so that a failing example is printed in a few lines
    return choices[data.draw(st.integers(0, len(choices) - 1))] if choices else None


@given(texts())
def test_both_parsers_give_the_same_tree(text: str) -> None:
    source = Source("t.yml", text)
    assert built(source, pure=True) == built(source, pure=False)


@given(texts())
def test_spans_hold_the_whole_text(text: str) -> None:
    """What is neither node nor comment is white space and the marks between documents."""
    tree = parse(Source("t.yml", text))
    rest = list(text)
    spans = [span for _, _, node in nodes(tree) for span in [node.span]]
    keys = [
        one.key.span
        for _, _, node in nodes(tree)
        if isinstance(node, Mapping)
        for one in node.entries
    ]
    for span in [*spans, *keys, *tree.comments]:
        rest[span.start : span.end] = " " * (span.end - span.start)
    assert not "".join(rest).strip(" -.\r\n")


@given(texts(), ITEMS, st.data())
def test_add_entries(text: str, items: list[tuple[str, Data]], data: st.DataObject) -> None:
    tree = parse(Source("t.yml", text))
    mapping = pick(data, [node for _, _, node in nodes(tree) if isinstance(node, Mapping)])
    assert mapping is not None
    after = pick(data, [None, *mapping.entries])
    separate = data.draw(st.booleans())
    at = tree.routes(mapping)
    attempt(
        tree,
        lambda: add_entries(tree, mapping, items, at=at, after=after, separate=separate),
    )


@given(texts(), st.booleans(), st.data())
def test_copied_entries(text: str, nested: bool, data: st.DataObject) -> None:
    tree = parse(Source("t.yml", text))
    mappings = [node for _, _, node in nodes(tree) if isinstance(node, Mapping)]
    entry = pick(data, [one for mapping in mappings for one in mapping.entries])
    mapping = pick(data, mappings)
    assert mapping is not None
    assert entry is not None
    name = entry.name
    after = pick(data, [None, *mapping.entries])
    items: list[tuple[str, Data]] = [("in", {name: entry, "end": 1}) if nested else (name, entry)]
    at = tree.routes(mapping)
    attempt(tree, lambda: add_entries(tree, mapping, items, at=at, after=after))


@given(texts(), st.data())
def test_two_edits_of_one_file_together(text: str, data: st.DataObject) -> None:
    """As the engine splices them: each made for the old text, both in the new one."""
    tree = parse(Source("t.yml", text))
    mappings = [node for _, _, node in nodes(tree) if isinstance(node, Mapping)]
    pair = [pick(data, mappings), pick(data, mappings)]
    edits: list[Edit] = []
    for number, mapping in enumerate(pair):
        assert mapping is not None
        try:
            edits += add_entries(tree, mapping, [(f"n{number}", 1)], at=tree.routes(mapping))
        except CannotEdit:
            return
    first, second = edits
    nested = any(
        one.route[:-1] == other.route[: len(one.route) - 1]
        for one in first.touches
        for other in second.touches
    )
    if not overlaps(first, second) and not nested:
        proven(tree, edits)


@given(tabbed(), ITEMS, st.data())
def test_edits_of_files_with_tabs(
    text: str, items: list[tuple[str, Data]], data: st.DataObject
) -> None:
    """Only libyaml and Compose read them."""
    try:
        tree = parse(Source("t.yml", text, bom=data.draw(st.booleans())))
    except UserError:
        return
    mapping = pick(data, [node for _, _, node in nodes(tree) if isinstance(node, Mapping)])
    assert mapping is not None
    try:
        edits = add_entries(tree, mapping, items, at=tree.routes(mapping))
    except CannotEdit:
        return
    gated.proven(tree, edits)


@given(texts(), ITEMS, st.data())
def test_fill_null(text: str, items: list[tuple[str, Data]], data: st.DataObject) -> None:
    tree = parse(Source("t.yml", text))
    empty = [
        (mapping, entry)
        for mapping, entry, node in nodes(tree)
        if mapping and entry and isinstance(node, Scalar) and node.is_null
    ]
    if (found := pick(data, empty)) is not None:
        mapping, entry = found
        at = tree.routes(entry.value)
        attempt(tree, lambda: fill_null(tree, mapping, entry, items, at=at))


@given(texts(), st.data())
def test_sequence_to_mapping(text: str, data: st.DataObject) -> None:
    tree = parse(Source("t.yml", text))
    lists = [
        (mapping, entry, found)
        for mapping, entry, node in nodes(tree)
        if mapping and entry and isinstance(found := target(node), Sequence)
    ]
    if (choice := pick(data, lists)) is None:
        return
    mapping, entry, sequence = choice
    names = [item.value for item in sequence.items if isinstance(item, Scalar)]
    waits: list[tuple[str, Data]] = [
        (name, {"condition": "service_healthy"}) for name in dict.fromkeys(names)
    ]
    extra = data.draw(st.sampled_from([[], [("extra", {"condition": "service_started"})]]))
    at = tree.routes(sequence)
    attempt(tree, lambda: sequence_to_mapping(tree, mapping, entry, [*waits, *extra], at=at))


@given(texts(), st.data())
def test_replace_in_scalar(text: str, data: st.DataObject) -> None:
    tree = parse(Source("t.yml", text))
    scalars = [
        node for _, _, node in nodes(tree) if isinstance(node, Scalar) and "first" in node.value
    ]
    if (scalar := pick(data, scalars)) is not None:
        value = scalar.value.replace("first", "last", 1)
        at = tree.routes(scalar)
        attempt(tree, lambda: replace_in_scalar(tree, scalar, "first", "last", value=value, at=at))


@given(st.text())
def test_what_stands_plain_is_text_to_every_reader(text: str) -> None:
    if may_stand_plain(text):
        assert resolve(text, "", None) == text
        assert parse(Source("t.yml", f"a: {text}\n")).model == {"a": text}


@given(st.text(), st.sampled_from("'\""))
def test_quoted_reads_back(text: str, quote: str) -> None:
    model = parse(Source("t.yml", f"a: [{quoted(text, quote)}]\n")).model
    assert model == {"a": [text]}
