"""From parse events to nodes, on an explicit stack: true spans, bounded size and depth."""

from __future__ import annotations

import re
from dataclasses import field
from typing import Any, Final

from patcher.errors import UserError
from patcher.lang.yaml_block_scalar import block_scalar_end
from patcher.lang.yaml_nodes import Alias, Entry, Mapping, Node, Scalar, Sequence
from patcher.patterns import regex
from patcher.records import dataclass
from patcher.text import Source, Span

MAX_DEPTH: Final = 200
MAX_SIZE: Final = 250_000
"""Nodes of one file, aliases expanded; real files stay below 6,000."""

_NODE_LENGTH: Final = 64

_PROPERTY: Final = regex(r"!<[^>\s]*>|[&!][^\s,\[\]{}]*")
# libyaml and Compose end an anchor's name at any other character, YAML 1.2 goes on
_ANCHOR: Final = regex(r"&[0-9A-Za-z_-]+")
_PROPERTY_END: Final = regex(r"\s|\Z")
_TAG_BEFORE: Final = regex(r"(?<![^\[{,])!\S*+\Z")
# possessive: a comment full of `#` can be read in one way only
_GAP: Final = r"(?:\s++|(?<![^\s\[{,])#[^\r\n\x85\u2028\u2029]*+)*+"
_REST: Final = regex(_GAP)
_ANCHOR_THEN_TAG: Final = regex(r"&[^\s,\[\]{}]*" + _GAP + "!")
_COLON: Final = regex(_GAP + ":")
_DASH: Final = regex(_GAP + "-")


@dataclass(slots=True)
class _Open:
    """A collection whose end event has not come yet."""

    is_mapping: bool
    start: int
    body: int
    flow: bool
    anchor: str | None
    tag: str | None
    children: list[Node] = field(default_factory=list)


class Builder:
    """Takes the events of one source in turn; `documents` and `leaves` hold the result."""

    def __init__(self, source: Source) -> None:
        self.documents: list[Node | None] = []
        self.leaves: list[Span] = []
        self._source = source
        self._stack: list[_Open] = []
        self._anchors: dict[str, Node] = {}
        self._events = 0
        self._size = 0

    def add(self, event: Any) -> None:
        """Take one event of ruamel.yaml; raises UserError for what Compose would refuse."""
        self._events += 1
        if self._events > 2 * MAX_SIZE:  # before the memory is taken; a collection has two events
            raise self._too_many(event.start_mark.index)
        handler = getattr(self, "_" + type(event).__name__, None)
        if handler is not None:
            handler(event)

    def _DocumentStartEvent(self, _event: Any) -> None:  # noqa: N802 - named after the events
        self._anchors = {}
        self.documents.append(None)

    def _ScalarEvent(self, event: Any) -> None:  # noqa: N802
        style = event.style or ""
        start, end = self._start(event), event.end_mark.index
        if not style and not event.value and event.anchor is None and event.tag is None:
            start = end = self._empty_position()
        body = self._body(event, start, end)
        if style and style in "|>":
            end = block_scalar_end(self._source.text, body, end, event.value)
        self.leaves.append(Span(body, end))
        tag = _tag(event)
        size = 1 + len(event.value) // _NODE_LENGTH
        self._close(
            Scalar(start, body, end, event.anchor, tag, size, 1, value=event.value, style=style)
        )

    def _AliasEvent(self, event: Any) -> None:  # noqa: N802
        start, end = event.start_mark.index, event.end_mark.index
        node = self._anchors.get(event.anchor)
        if node is None:
            raise self._error(start, f"alias *{event.anchor} has no anchor before it")
        self.leaves.append(Span(start, end))
        size, depth = node.size, node.depth
        self._close(Alias(start, start, end, None, None, size, depth, event.anchor, node))

    def _MappingStartEvent(self, event: Any) -> None:  # noqa: N802
        self._open(event, is_mapping=True)

    def _SequenceStartEvent(self, event: Any) -> None:  # noqa: N802
        self._open(event, is_mapping=False)

    def _open(self, event: Any, *, is_mapping: bool) -> None:
        if len(self._stack) >= MAX_DEPTH:
            raise self._error(event.start_mark.index, f"nested deeper than {MAX_DEPTH} levels")
        start = self._start(event)
        body = self._body(event, start, len(self._source.text))
        flow = bool(event.flow_style)
        self._stack.append(_Open(is_mapping, start, body, flow, event.anchor, _tag(event)))

    def _MappingEndEvent(self, event: Any) -> None:  # noqa: N802
        opened = self._stack.pop()
        keys, values = opened.children[::2], opened.children[1::2]
        entries = tuple(self._entry(key, value) for key, value in zip(keys, values, strict=True))
        self._refuse_duplicates(entries)
        common = self._common(opened, event)
        self._close(Mapping(*common, entries=entries, flow=opened.flow))

    def _SequenceEndEvent(self, event: Any) -> None:  # noqa: N802
        opened = self._stack.pop()
        common = self._common(opened, event)
        self._close(Sequence(*common, items=tuple(opened.children), flow=opened.flow))

    def _common(
        self, opened: _Open, event: Any
    ) -> tuple[int, int, int, str | None, str | None, int, int]:
        children = opened.children
        end = event.end_mark.index if opened.flow or not children else children[-1].end
        size = 1 + sum(child.size for child in children)
        depth = 1 + max((child.depth for child in children), default=0)
        if size > MAX_SIZE:
            raise self._too_many(opened.start)
        if depth > MAX_DEPTH:
            raise self._error(opened.start, f"aliases nest deeper than {MAX_DEPTH} levels")
        return opened.start, opened.body, end, opened.anchor, opened.tag, size, depth

    def _entry(self, key: Node, value: Node) -> Entry:
        if not isinstance(key, Scalar) or not (key.value or key.style) or key.style in ("|", ">"):
            raise self._error(key.start, "a mapping key must be a plain word or a quoted text")
        return Entry(key, value)

    def _refuse_duplicates(self, entries: tuple[Entry, ...]) -> None:
        seen: set[str] = set()
        for entry in entries:
            if entry.name in seen:
                raise self._error(entry.start, f"key `{entry.name}` stands twice in one mapping")
            seen.add(entry.name)
            if entry.is_merge and not _mergeable(entry.value):
                raise self._error(entry.start, "`<<` must name a mapping or a list of mappings")

    def _close(self, node: Node) -> None:
        if node.anchor is not None:
            # of two nodes of one name, one in the other, the later start counts, as in Compose
            other = self._anchors.get(node.anchor)
            if other is None or other.start < node.start:
                self._anchors[node.anchor] = node
        if self._stack:
            self._stack[-1].children.append(node)
            return
        self.documents[-1] = node
        self._size += node.size
        if self._size > MAX_SIZE:
            raise self._too_many(node.start)

    def _start(self, event: Any) -> int:
        """Where a node begins; the pure parser's mark leaves out a tag before an anchor."""
        start = int(event.start_mark.index)
        if event.anchor is None or event.tag is None or self._source.text[start] != "&":
            return start
        if _ANCHOR_THEN_TAG.match(self._source.text, start):
            return start
        gap = self._source.text[self._end_of_last_leaf() : start].rstrip()
        word = gap.rsplit(maxsplit=1)[-1] if gap else ""
        tag = _TAG_BEFORE.search(word)
        return self._end_of_last_leaf() + len(gap) - len(word) + tag.start() if tag else start

    def _body(self, event: Any, start: int, end: int) -> int:
        """Where the content begins, after anchor and tag, which are noted as leaves."""
        text = self._source.text
        position = start
        for _ in range((event.anchor is not None) + (event.tag is not None)):
            match = _PROPERTY.match(text, position, end)
            if match is None:
                break
            self._require_one_reading(match)
            self.leaves.append(Span(*match.span()))
            rest = _REST.match(text, match.end(), end)
            position = rest.end() if rest else match.end()
        return position

    def _require_one_reading(self, match: re.Match[str]) -> None:
        """Refuse an anchor or tag whose end is not where every reader sees it."""
        name, end = match.group(), match.end()
        in_flow = bool(self._stack) and self._stack[-1].flow
        ends = _PROPERTY_END.match(self._source.text, end) or (
            in_flow and self._source.text[end] in ",]}"
        )
        if not ends or (name[0] == "&" and not _ANCHOR.fullmatch(name)):
            raise self._error(match.start(), f"where `{name}` ends depends on the reader")

    def _end_of_last_leaf(self) -> int:
        return self.leaves[-1].end if self.leaves else 0

    def _empty_position(self) -> int:
        """Where an empty plain value stands: right after its `:` or `-`, in any parser."""
        position = self._end_of_last_leaf()
        opened = self._stack[-1] if self._stack else None
        if opened is None:
            return position
        position = max(position, opened.body)
        if opened.is_mapping and len(opened.children) % 2 == 0:
            return position
        pattern = _COLON if opened.is_mapping else _DASH
        match = pattern.match(self._source.text, position)
        return match.end() if match else position

    def _too_many(self, offset: int) -> UserError:
        return self._error(offset, f"more than {MAX_SIZE:,} nodes, aliases expanded")

    def _error(self, offset: int, message: str) -> UserError:
        line, column = self._source.line_column(offset)
        todo = "correct the line and run again"
        return UserError(message, todo=todo, path=self._source.path, line=line, column=column)


def _tag(event: Any) -> str | None:
    """Return the explicit tag; a lone `!`, which quoted scalars imply, is none to Compose."""
    tag = None if event.tag is None else str(event.tag)
    return None if tag == "!" else tag


def _mergeable(value: Node) -> bool:
    node = value.target if isinstance(value, Alias) else value
    if isinstance(node, Sequence):
        return all(_mergeable(item) for item in node.items)
    return isinstance(node, Mapping)
