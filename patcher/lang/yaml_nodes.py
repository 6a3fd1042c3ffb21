"""The YAML node tree: every node with its true span, aliases kept as such.

All offsets are characters into `Source.text`. A block collection ends where its last child ends,
not at ruamel's end mark, which runs on past trailing comments and blank lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from patcher.lang.yaml_scalars import CORE_TAG, Tagged, resolve
from patcher.text import Route, Source, Span

MERGE_KEY = "<<"


@dataclass(frozen=True, eq=False)
class Node:
    """A node. `start` counts from its anchor or tag, `body` from its content; `end` is true.

    `size` and `depth` are those of the node with every alias expanded.
    """

    start: int
    body: int
    end: int
    anchor: str | None
    tag: str | None
    size: int
    depth: int

    @property
    def span(self) -> Span:
        """The node's characters, anchor and tag included."""
        return Span(self.start, self.end)


@dataclass(frozen=True, eq=False)
class Scalar(Node):
    """A scalar: `value` as YAML reads it; `style` is one of `'`, `"`, `|`, `>` or empty (plain)."""

    value: str
    style: str

    @property
    def is_null(self) -> bool:
        """Whether the scalar means null."""
        return resolve(self.value, self.style, self.tag) is None


@dataclass(frozen=True, eq=False)
class Alias(Node):
    """An alias `*name`; `target` is the anchored node it stands for."""

    name: str
    target: Node


@dataclass(frozen=True, eq=False)
class Sequence(Node):
    """A sequence; `flow` tells `[a, b]` from dashes."""

    items: tuple[Node, ...]
    flow: bool


@dataclass(frozen=True, eq=False)
class Entry:
    """One `key: value` of a mapping."""

    key: Scalar
    value: Node

    @property
    def name(self) -> str:
        """The key's text."""
        return self.key.value

    @property
    def is_merge(self) -> bool:
        """Whether the entry is a merge key; a quoted `"<<"` is a key like any other."""
        return self.key.value == MERGE_KEY and not self.key.style

    @property
    def start(self) -> int:
        """Offset of the key."""
        return self.key.start

    @property
    def end(self) -> int:
        """Offset after the value."""
        return self.value.end

    @property
    def span(self) -> Span:
        """From the key to the end of the value."""
        return Span(self.start, self.end)


@dataclass(frozen=True, eq=False)
class Mapping(Node):
    """A mapping; `flow` tells `{a: b}` from lines."""

    entries: tuple[Entry, ...]
    flow: bool

    @cached_property
    def own(self) -> dict[str, Entry]:
        """The entries written in this mapping itself, `<<` left out."""
        return {entry.name: entry for entry in self.entries if not entry.is_merge}

    @cached_property
    def merged(self) -> tuple[Mapping, ...]:
        """The mappings that `<<` brings in, the strongest first."""
        values = [entry.value for entry in self.entries if entry.is_merge]
        return tuple(node for value in values for node in _merge_sources(value))

    @cached_property
    def resolved(self) -> dict[str, Entry]:
        """All entries, merge keys applied: own ones win, then earlier merges before later ones.

        Source: https://yaml.org/type/merge.html
        """
        result = dict(self.own)
        for mapping in self.merged:
            for name, entry in mapping.resolved.items():
                result.setdefault(name, entry)
        return result

    def holder(self, name: str) -> Mapping:
        """Return the mapping that writes the entry `name`: this one, or one that it merges.

        Raises KeyError where there is no such entry.
        """
        if name in self.own:
            return self
        for mapping in self.merged:
            if name in mapping.resolved:
                return mapping.holder(name)
        raise KeyError(name)


def _merge_sources(value: Node) -> Iterator[Mapping]:
    node = target(value)
    if isinstance(node, Mapping):
        yield node
    elif isinstance(node, Sequence):
        yield from (found for item in node.items if isinstance(found := target(item), Mapping))


def target(node: Node) -> Node:
    """Return the node itself, or what an alias stands for."""
    return node.target if isinstance(node, Alias) else node


def plain(node: Node) -> Any:
    """Return a node as plain data, aliases expanded and merge keys applied.

    Scalars are resolved by the YAML 1.2 core schema; a node with a local tag (`!reset`) becomes
    `Tagged`.
    """
    node = target(node)
    value: Any
    if isinstance(node, Scalar):
        return resolve(node.value, node.style, node.tag)
    if isinstance(node, Mapping):
        value = {name: plain(entry.value) for name, entry in node.resolved.items()}
    elif isinstance(node, Sequence):
        value = [plain(item) for item in node.items]
    if node.tag is None or node.tag.startswith(CORE_TAG):
        return value
    return Tagged(node.tag, value)


@dataclass(frozen=True, eq=False)
class Tree:
    """A parsed file: its documents (None for an empty one) and the spans of its comments."""

    source: Source
    documents: tuple[Node | None, ...]
    comments: tuple[Span, ...]

    @cached_property
    def model(self) -> Any:
        """The plain data of the file: of its one document, or the list of several."""
        values = [None if node is None else plain(node) for node in self.documents]
        return values[0] if len(values) == 1 else values

    def owner(self, node: Node) -> tuple[Mapping, Entry] | None:
        """Return the mapping and entry whose value is `node` itself, not an alias of it."""
        stack = [found for found in self.documents if found is not None]
        while stack:
            current = stack.pop()
            if isinstance(current, Mapping):
                for entry in current.entries:
                    if entry.value is node:
                        return current, entry
                    stack.append(entry.value)
            elif isinstance(current, Sequence):
                stack += current.items
        return None

    @cached_property
    def _places(self) -> dict[int, list[Route]]:
        places: dict[int, list[Route]] = {}
        single = len(self.documents) == 1
        for index, node in enumerate(self.documents):
            if node is not None:
                _record(node, () if single else (index,), places)
        return places

    def routes(self, node: Node) -> tuple[Route, ...]:
        """Return every route of the model at which `node` shows, through aliases and merges too.

        A mapping that is merged into another shows at that other's route as well.
        """
        return tuple(self._places.get(id(node), ()))


def _record(node: Node, route: Route, places: dict[int, list[Route]]) -> None:
    places.setdefault(id(node), []).append(route)
    node = _recorded_target(node, route, places)
    if isinstance(node, Mapping):
        for merged in node.merged:
            _record_merge(merged, route, places)
        for name, entry in node.resolved.items():
            _record(entry.value, (*route, name), places)
    elif isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            _record(item, (*route, index), places)


def _recorded_target(node: Node, route: Route, places: dict[int, list[Route]]) -> Node:
    if isinstance(node, Alias):
        places.setdefault(id(node.target), []).append(route)
        return node.target
    return node


def _record_merge(mapping: Mapping, route: Route, places: dict[int, list[Route]]) -> None:
    places.setdefault(id(mapping), []).append(route)
    for merged in mapping.merged:
        _record_merge(merged, route, places)
