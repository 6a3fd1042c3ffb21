"""Random legal YAML x every edit: refused with a reason, or exactly the declared change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patcher.lang.edit_error import CannotEdit
from patcher.lang.model import PlainModel
from patcher.lang.yaml import parse
from patcher.lang.yaml_edit import (
    add_entries,
    fill_null,
    replace_in_scalar,
)
from patcher.lang.yaml_list_edit import sequence_to_mapping
from patcher.lang.yaml_nodes import Entry, Mapping, Node, Scalar, Sequence, Tree, target
from patcher.lang.yaml_scalars import may_stand_plain, quoted, resolve
from patcher.lang.yaml_style import Data, Flow, Quoted
from patcher.text import Edit, Source, splice
from tests.lang.yaml_texts import texts
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
EXAMPLES = settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def nodes(tree: Tree) -> Iterator[tuple[Mapping | None, Entry | None, Node]]:
    """Yield every node, with the mapping and entry whose value it is."""
    stack: list[tuple[Mapping | None, Entry | None, Node]] = [
        (None, None, node) for node in tree.documents if node is not None
    ]
    while stack:
        mapping, entry, node = stack.pop()
        yield mapping, entry, node
        if isinstance(node, Mapping):
            stack += [(node, one, one.value) for one in node.entries]
        elif isinstance(node, Sequence):
            stack += [(None, None, item) for item in node.items]


def comments(tree: Tree) -> Counter[str]:
    return Counter(tree.source.at(span) for span in tree.comments)


def prove(tree: Tree, edits: tuple[Edit, ...]) -> None:
    """Hold an edit to its declaration by means of its own: the parsers, the model, the bytes."""
    old = tree.source
    new = old.with_text(splice(old.text, edits))
    after = parse(new)
    touches = [touch for edit in edits for touch in edit.touches]
    assert list(PlainModel(tree.model).unintended(PlainModel(after.model), touches)) == []
    assert not comments(tree) - comments(after)
    assert built(new, pure=True) == built(new, pure=False)
    written = "".join(edit.text for edit in edits)
    assert ("\r" in written) <= ("\r" in old.text)
    assert ("\n" in written) <= ("\n" in old.text or "\r" not in old.text)


def attempt(tree: Tree, edit: Callable[[], tuple[Edit, ...]]) -> None:
    try:
        edits = edit()
    except CannotEdit:
        return
    prove(tree, edits)


def pick(data: st.DataObject, choices: list[T]) -> T | None:
    # by number, so that a failing example is printed in a few lines
    return choices[data.draw(st.integers(0, len(choices) - 1))] if choices else None


@EXAMPLES
@given(texts())
def test_both_parsers_give_the_same_tree(text: str) -> None:
    source = Source("t.yml", text)
    assert built(source, pure=True) == built(source, pure=False)


@EXAMPLES
@given(texts())
def test_spans_hold_the_whole_text(text: str) -> None:
    """What is neither node nor comment is punctuation and white space."""
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
    assert not "".join(rest).strip(" \r\n")


@EXAMPLES
@given(texts(), ITEMS, st.data())
def test_add_entries(text: str, items: list[tuple[str, Data]], data: st.DataObject) -> None:
    tree = parse(Source("t.yml", text))
    mapping = pick(data, [node for _, _, node in nodes(tree) if isinstance(node, Mapping)])
    assert mapping is not None
    after = pick(data, [None, *mapping.entries])
    attempt(tree, lambda: add_entries(tree, mapping, items, at=tree.routes(mapping), after=after))


@EXAMPLES
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


@EXAMPLES
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


@EXAMPLES
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


@EXAMPLES
@given(st.text())
def test_what_stands_plain_is_text_to_every_reader(text: str) -> None:
    if may_stand_plain(text):
        assert resolve(text, "", None) == text
        assert parse(Source("t.yml", f"a: {text}\n")).model == {"a": text}


@EXAMPLES
@given(st.text(), st.sampled_from("'\""))
def test_quoted_reads_back(text: str, quote: str) -> None:
    model = parse(Source("t.yml", f"a: [{quoted(text, quote)}]\n")).model
    assert model == {"a": [text]}
