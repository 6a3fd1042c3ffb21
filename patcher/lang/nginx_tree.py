"""nginx configuration as a tree with exact spans, and the routes that name its places.

A route is a tuple of block labels; a label is a directive's name and its ordinal among the
siblings of the same name: `("http[0]", "server[1]")`. The values of a directive are routed by the
labels of its blocks and its bare name: `("http[0]", "server[1]", "resolver")`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from patcher.text import ABSENT, Route, Source, Span

MAIN_BLOCKS: Final = frozenset({"events", "http", "stream", "mail"})
"""Blocks of the main context (https://nginx.org/en/docs/ngx_core_module.html)."""

Values = tuple[tuple[str, ...], ...]
"""The argument values of all directives of one name in one block, in order."""


@dataclass(frozen=True, slots=True)
class Word:
    """A name or an argument: its place, its characters as written, and its value to nginx."""

    span: Span
    raw: str
    value: str


@dataclass(frozen=True, slots=True)
class Block:
    """A block: its place, braces included, and its directives."""

    span: Span
    directives: tuple[Directive, ...]


@dataclass(frozen=True, slots=True)
class Directive:
    """One directive, from its name to its `;` or `}` inclusive; `line` counts from 1.

    `block` is set for block directives, `lua` (the raw code between the braces) for Lua blocks.
    """

    name: Word
    args: tuple[Word, ...]
    span: Span
    line: int
    block: Block | None = None
    lua: Word | None = None

    @property
    def values(self) -> tuple[str, ...]:
        """The values of the arguments."""
        return tuple(word.value for word in self.args)


@dataclass(frozen=True, slots=True)
class Tree:
    """A parsed file: its top-level directives and the places of all its comments, in order.

    A comment's span goes from its `#` to before its line's end; comments in Lua are not listed.
    """

    source: Source
    directives: tuple[Directive, ...]
    comments: tuple[Span, ...]
    _named: dict[int, dict[str, Directive]] = field(default_factory=dict, repr=False, compare=False)

    def named(self, directives: tuple[Directive, ...]) -> dict[str, Directive]:
        """Return the directives of one of this tree's blocks, or of its top level, by label."""
        key = id(directives)  # a block of thousands is asked for each of them
        if key not in self._named:
            self._named[key] = dict(labelled(directives))
        return self._named[key]

    @property
    def context(self) -> str:
        """The context of the top level: "main", or "http" as the best guess for a fragment."""
        names = {directive.name.value for directive in self.directives}
        return "main" if names & MAIN_BLOCKS else "http"


def labelled(directives: Iterable[Directive]) -> Iterator[tuple[str, Directive]]:
    """Yield each directive of one block with its label."""
    seen: Counter[str] = Counter()
    for directive in directives:
        name = directive.name.value
        yield f"{name}[{seen[name]}]", directive
        seen[name] += 1


def walk(tree: Tree) -> Iterator[tuple[tuple[str, ...], Directive]]:
    """Yield all directives in the order of the file, each with its route of labels.

    `route[:-1]` is the route of the block that holds the directive.
    """
    levels: list[Iterator[tuple[str, Directive]]] = [labelled(tree.directives)]
    route: list[str] = []
    while levels:
        label, directive = next(levels[-1], (None, None))
        if label is None or directive is None:
            levels.pop()
            del route[-1:]
            continue
        yield (*route, label), directive
        if directive.block is not None:
            route.append(label)
            levels.append(labelled(directive.block.directives))


def directive_at(tree: Tree, route: Route) -> Directive:
    """Return the directive with these labels; raises KeyError where there is none."""
    directives, found = tree.directives, None
    for label in route:
        found = tree.named(directives)[str(label)]
        directives = found.block.directives if found.block else ()
    if found is None:
        raise KeyError(route)
    return found


def block_at(tree: Tree, route: Route) -> tuple[Directive, ...]:
    """Return the directives of the block with these labels, of the file itself for `()`.

    Raises KeyError where there is no such block.
    """
    if not route:
        return tree.directives
    block = directive_at(tree, route).block
    if block is None:
        raise KeyError(route)
    return block.directives


def values_at(tree: Tree, route: Route) -> Any:
    """Return the values of all directives that `route` (labels, then a bare name) leads to.

    ABSENT where the block has none of that name; raises KeyError where there is no such block. A
    touch whose value equals this changes nothing.
    """
    siblings = block_at(tree, route[:-1])
    return tuple(each.values for each in siblings if each.name.value == route[-1]) or ABSENT
