"""The torture files: read to the byte, with true spans, and edited at every mapping."""

from __future__ import annotations

from pathlib import Path

import pytest

from patcher.errors import UserError
from patcher.lang.edit_error import CannotEdit
from patcher.lang.yaml import parse
from patcher.lang.yaml_edit import add_entries
from patcher.lang.yaml_nodes import Alias, Mapping, Scalar, Sequence, Tree, plain
from patcher.text import Source
from tests.lang import gated
from tests.lang.yaml_helpers import SYNTAX, nodes
from tests.lang.yaml_trees import built

LEGAL = sorted(SYNTAX.glob("*.yaml"))
# Compose and libyaml read these, the pure parser does not; patcher/lang/yaml.py says why
C_ONLY = {"tabs.yaml", "next-line.yaml"}
# By file: the keys of the mappings that take no entry, and why.
NOT_EDITED = {
    "flow.yaml": {"": "the mapping is one pair of a list, without braces"},
    "next-line.yaml": {"": "the mapping does not begin on a line of its own"},
    "no-final-newline-literal.yaml": {"": "the file ends in a text without a newline"},
    "torture.yaml": {"worker": "the mapping does not begin on a line of its own"},
}
REFUSED = {
    "alias-before-anchor": (4, 18, "alias *env has no anchor before it"),
    "alias-bomb": (6, 6, "more than 250,000 nodes, aliases expanded"),
    "alias-inside-itself": (2, 6, "alias *a has no anchor before it"),
    "alias-of-another-document": (6, 18, "alias *env has no anchor before it"),
    "anchored-alias": (5, 9, "not valid YAML"),
    "asterisks": (4, 14, "not valid YAML"),
    "colon-without-space": (4, 12, "not valid YAML: mapping values are not allowed"),
    "control-character": (4, 10, "not valid YAML: a control character"),
    "deep": (4, 208, "nested deeper than 200 levels"),
    "duplicate-key": (5, 5, "key `image` stands twice in one mapping"),
    "duplicate-key-quoted": (4, 5, "key `image` stands twice in one mapping"),
    "inner-bom": (4, 1, "a byte order mark inside the text"),
    "inner-bom-document": (5, 1, "a byte order mark inside the text"),
    "jinja": (3, 13, "a mapping key must be a plain word or a quoted text"),
    "jinja-block": (2, 2, "not valid YAML"),
    "latin-1": (4, 12, "not UTF-8 (byte 0xe9)"),
    "mapping-as-key": (5, 5, "a mapping key must be a plain word or a quoted text"),
    "merge-of-a-text": (5, 5, "`<<` must name a mapping or a list of mappings"),
    "nul": (4, 10, "not valid YAML: a control character"),
    "tab-indent": (2, 1, "not valid YAML"),
    "two-boms": (1, 1, "a byte order mark inside the text"),
    "two-merge-keys": (7, 5, "key `<<` stands twice in one mapping"),
    "unclosed-bracket": (4, 12, "not valid YAML: did not find expected ',' or ']'"),
    "unclosed-quote": (4, 14, "not valid YAML: found unexpected end of stream"),
    "unknown-alias": (4, 18, "alias *env has no anchor before it"),
    "utf-16": (1, 1, "not UTF-8 (byte 0xff)"),
    "wrong-indentation": (4, 4, "not valid YAML"),
}

each_legal = pytest.mark.parametrize("path", LEGAL, ids=lambda path: path.stem)


def decoded(path: Path) -> Source:
    return Source.decode(path.name, path.read_bytes())


@each_legal
def test_no_edit_gives_back_every_byte(path: Path) -> None:
    assert parse(decoded(path)).source.encode() == path.read_bytes()


@pytest.mark.parametrize(
    "path", [one for one in LEGAL if one.name not in C_ONLY], ids=lambda path: path.stem
)
def test_both_parsers_give_the_same_tree(path: Path) -> None:
    assert built(decoded(path), pure=True) == built(decoded(path), pure=False)


@pytest.mark.parametrize("name", sorted(C_ONLY))
def test_the_pure_parser_refuses_what_only_libyaml_takes(name: str) -> None:
    with pytest.raises(UserError):
        built(decoded(SYNTAX / name), pure=True)


@each_legal
def test_spans_of_scalars_and_flow_collections_hold_the_node_and_no_more(path: Path) -> None:
    tree = parse(decoded(path))
    for _, entry, node in nodes(tree):
        text = tree.source.text[node.body : node.end]
        if isinstance(node, Scalar):
            check_scalar(node, text)
        elif isinstance(node, Alias):
            assert text == f"*{node.name}"
        elif isinstance(node, Mapping | Sequence) and node.flow:
            pair = isinstance(node, Mapping) and text[0] != "{"
            assert pair or text[0] + text[-1] in ("{}", "[]")
            if "*" not in text and not pair:
                assert parse(Source("part", text)).model == plain(node)
        if entry is not None:
            check_scalar(entry.key, tree.source.text[entry.key.body : entry.key.end])


def check_scalar(node: Scalar, text: str) -> None:
    if node.style in ("'", '"') and node.style:
        assert (text[0], text[-1]) == (node.style, node.style)
        assert parse(Source("part", f"[{text}]")).model == [node.value]
    elif node.style:
        assert text[0] == node.style
        assert " ".join(text.splitlines()[1:]).split() == node.value.split()
    else:
        assert text.split() == node.value.split()
        assert text == text.strip()


@each_legal
def test_comments_are_those_that_the_file_says(path: Path) -> None:
    """Every `#` outside of nodes begins a comment, and no comment holds a node."""
    tree = parse(decoded(path))
    rest = list(tree.source.text)
    for _, entry, node in nodes(tree):
        if isinstance(node, Scalar | Alias):
            blank(rest, node.body, node.end)
        if entry is not None:
            blank(rest, entry.key.body, entry.key.end)
    before = "".join(rest)
    for span in tree.comments:
        assert before[span.start] == "#" or before[span.start] == " "
        assert tree.source.text[span.start] == "#"
        blank(rest, span.start, span.end)
    assert "#" not in "".join(rest)


def blank(text: list[str], start: int, end: int) -> None:
    text[start:end] = " " * (end - start)


def mappings(tree: Tree) -> list[tuple[str, Mapping]]:
    """Every mapping with the key that it stands under."""
    return [
        (entry.name if entry else "", node)
        for _, entry, node in nodes(tree)
        if isinstance(node, Mapping)
    ]


@each_legal
def test_an_entry_goes_into_every_mapping_and_changes_nothing_else(path: Path) -> None:
    tree = parse(decoded(path))
    refused: dict[str, str] = {}
    for key, mapping in mappings(tree):
        try:
            edits = add_entries(tree, mapping, [("new-key", "new")], at=tree.routes(mapping))
        except CannotEdit as error:
            refused[key] = error.reason
            continue
        gated.proven(tree, edits)
    expected = NOT_EDITED.get(path.name, {})
    assert refused.keys() == expected.keys(), refused
    assert all(expected[key] in reason for key, reason in refused.items())


@pytest.mark.parametrize("path", sorted((SYNTAX / "refused").iterdir()), ids=lambda path: path.stem)
def test_refused_with_place_and_reason(path: Path) -> None:
    with pytest.raises(UserError) as error:
        parse(decoded(path))
    line, column, message = REFUSED[path.stem]
    assert (error.value.line, error.value.column) == (line, column)
    assert message in error.value.message
    assert error.value.todo
