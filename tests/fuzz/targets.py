"""What the fuzzer holds the language layers to, whatever bytes they are given.

A parse raises UserError, or its spans account for every character; it gives the same tree twice,
and both YAML parsers give it. An edit raises CannotEdit, or passes the engine's gates. Anything
else is a finding. The edits are picked by the bytes themselves, so a finding is its one file.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Iterable
from typing import Any, Final

from patcher.errors import UserError
from patcher.lang import dockerfile, nginx, nginx_tree, yaml
from patcher.lang.edit_error import CannotEdit
from patcher.lang.nginx_args import set_args
from patcher.lang.nginx_edit import add_directives, remove
from patcher.lang.nginx_tokens import scan
from patcher.lang.yaml_edit import add_entries, fill_null, replace_in_scalar
from patcher.lang.yaml_list_edit import sequence_to_mapping
from patcher.lang.yaml_nodes import Entry, Mapping, Scalar, Sequence, Tree, target
from patcher.lang.yaml_style import Data, Flow
from patcher.text import Edit, Source
from tests.lang import gated
from tests.lang.yaml_helpers import nodes
from tests.lang.yaml_trees import built

PUNCTUATION: Final = " \t\r\n\x85\u2028\u2029:,[]{}-?.\ufeff"
# The pure parser takes the first three for text in places where libyaml and Compose see the end of
# a line, and names the tag `!!!a` in another way, which no value depends on.
_READ_DIFFERENTLY: Final = ("\x85", "\u2028", "\u2029", "!!!")

Edits = Callable[[], Iterable[Edit]]


def fuzz_yaml(data: bytes) -> None:
    """Hold the YAML layer to its promises on any bytes."""
    try:
        source = Source.decode("compose.yaml", data)
        tree = yaml.parse(source)
    except UserError as error:
        _check_error(error)
        return
    _check_spans(tree)
    chance = random.Random(zlib.crc32(data))
    # the pure parser is slow, and reads a `#` otherwise where the file is one block scalar
    if not chance.randrange(4) and all(isinstance(one, Mapping) for one in tree.documents):
        _check_parsers(source)
    for edit in _yaml_edits(tree, chance):
        _attempt(tree, edit)


def fuzz_nginx(data: bytes) -> None:
    """Hold the nginx layer to its promises on any bytes."""
    try:
        source = Source.decode("nginx.conf", data)
        tokens = list(scan(source))
        assert "".join(source.at(token.span) for token in tokens) == source.text
        tree = nginx.parse(source)
    except UserError as error:
        _check_error(error)
        return
    chance = random.Random(zlib.crc32(data))
    for edit in _nginx_edits(tree, chance):
        _attempt(tree, edit)


def fuzz_dockerfile(data: bytes) -> None:
    """Hold the Dockerfile layer to its promises on any bytes."""
    try:
        source = Source.decode("Dockerfile", data)
        stage = dockerfile.parse(source)
    except UserError as error:
        _check_error(error)
        return
    assert dockerfile.parse(source) == stage
    for command in (stage.cmd, stage.entrypoint, stage.healthcheck):
        if command is not None:
            assert 0 <= command.span.start < command.span.end <= len(source.text)
            assert source.at(command.span).strip() == source.at(command.span)
            for word in command.words:
                word.encode()


TARGETS: Final[dict[str, Callable[[bytes], None]]] = {
    "yaml": fuzz_yaml,
    "nginx": fuzz_nginx,
    "dockerfile": fuzz_dockerfile,
}


def _check_error(error: UserError) -> None:
    assert error.message
    assert error.todo
    assert "\n" not in str(error)


def _attempt(tree: gated.AnyTree, edit: Edits) -> None:
    try:
        edits = tuple(edit())
    except CannotEdit:
        return
    gated.proven(tree, edits)


def _check_parsers(source: Source) -> None:
    ours, again, pure = (_built(source, pure=pure) for pure in (False, False, True))
    assert ours == again
    if ours is not None and pure is not None:
        assert ours == pure or any(one in source.text for one in _READ_DIFFERENTLY)


def _built(source: Source, *, pure: bool) -> Any:
    try:
        return built(source, pure=pure)
    except UserError:
        return None


def _check_spans(tree: Tree) -> None:
    """What is neither node nor comment is punctuation, white space or a directive."""
    rest = list(tree.source.text)
    spans = list(tree.comments)
    for _, entry, node in nodes(tree):
        spans += [node.span, *([entry.key.span] if entry else [])]
        assert 0 <= node.start <= node.body <= node.end <= len(rest)
        if isinstance(node, Mapping):
            assert all(node.start <= one.start <= one.end <= node.end for one in node.entries)
    for span in spans:
        rest[span.start : span.end] = " " * (span.end - span.start)
    if "\n%" not in "\n" + tree.source.text.replace("\r", "\n"):
        assert not "".join(rest).strip(PUNCTUATION)


def _yaml_edits(tree: Tree, chance: random.Random) -> list[Edits]:
    found = list(nodes(tree))
    new: list[tuple[str, Data]] = [("new", {"test": Flow(("a b", "c")), "deep": {"on": None}})]
    edits: list[Edits] = []
    for mapping, entry, node in chance.sample(found, min(len(found), 2)):
        if isinstance(node, Mapping):
            edits.append(_addition(tree, node, new, chance))
        if isinstance(node, Scalar) and node.value.split():
            edits.append(_replacement(tree, node, chance))
        if mapping is None or entry is None:
            continue
        if isinstance(node, Scalar) and node.is_null:
            edits.append(_filling(tree, mapping, entry, new))
        if isinstance(target(node), Sequence):
            edits.append(_rewriting(tree, mapping, entry))
    copied = [(mapping, entry) for mapping, entry, _ in found if mapping and entry]
    if copied:
        edits.append(_copy(tree, *chance.choice(copied), chance.choice(copied)[0]))
    return edits


def _addition(
    tree: Tree, node: Mapping, items: list[tuple[str, Data]], chance: random.Random
) -> Edits:
    after = chance.choice([None, *node.entries])
    return lambda: add_entries(tree, node, items, at=tree.routes(node), after=after)


def _replacement(tree: Tree, node: Scalar, chance: random.Random) -> Edits:
    old = chance.choice(node.value.split())
    new = f"{old}-too"
    value = node.value.replace(old, new, 1)
    return lambda: replace_in_scalar(tree, node, old, new, value=value, at=tree.routes(node))


def _filling(tree: Tree, mapping: Mapping, entry: Entry, items: list[tuple[str, Data]]) -> Edits:
    return lambda: fill_null(tree, mapping, entry, items, at=tree.routes(entry.value))


def _rewriting(tree: Tree, mapping: Mapping, entry: Entry) -> Edits:
    sequence = target(entry.value)
    assert isinstance(sequence, Sequence)
    names = [item.value for item in sequence.items if isinstance(item, Scalar)]
    items: list[tuple[str, Data]] = [(name, {"condition": "x"}) for name in dict.fromkeys(names)]
    if "extra" not in names:
        items.append(("extra", {"condition": "y"}))
    return lambda: sequence_to_mapping(tree, mapping, entry, items, at=tree.routes(sequence))


def _copy(tree: Tree, source: Mapping, entry: Entry, into: Mapping) -> Edits:
    return lambda: add_entries(tree, into, [(entry.name, entry)], at=tree.routes(into))


def _nginx_edits(tree: nginx_tree.Tree, chance: random.Random) -> list[Edits]:
    found = list(nginx_tree.walk(tree))
    blocks = [(), *(route for route, each in found if each.block)]
    block = chance.choice(blocks)
    new = [("resolver", ["127.0.0.11", "a b"]), ("resolver_timeout", ["10s"])]
    edits: list[Edits] = [lambda: add_directives(tree, block, new)]
    for route, each in chance.sample(found, min(len(found), 2)):
        edits += _at(tree, route[:-1], each, chance)
    return edits


def _at(
    tree: nginx_tree.Tree,
    block: tuple[str, ...],
    each: nginx_tree.Directive,
    chance: random.Random,
) -> list[Edits]:
    args = [one for one in each.values if chance.random() < 0.7]
    args.insert(chance.randint(0, len(args)), chance.choice(["new", "a b", "$x", ""]))
    new = [("resolver", ["127.0.0.11"])]
    return [
        lambda: set_args(tree, block, each, args),
        lambda: remove(tree, block, each),
        lambda: add_directives(tree, block, new, after=each),
        lambda: add_directives(tree, block, new, before=each),
    ]
