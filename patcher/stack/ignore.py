"""`# hanna-fix: ignore[rule-id] reason`: findings that the operator wants left as they are.

In a comment of a compose or nginx file: behind what is found, or in the comment lines directly
above it. For what stands inside a value, the line of its key counts as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from patcher.finding import Location
from patcher.lang import nginx_tree
from patcher.lang.yaml_nodes import Mapping, Node, Sequence, Tree
from patcher.patterns import regex
from patcher.records import dataclass
from patcher.text import Source, Span

AnyTree = Tree | nginx_tree.Tree

ABOUT_COMMENTS: Final = frozenset({"invalid-ignore", "unused-ignore"})
"""The rules whose findings a comment cannot silence: it would silence what is said of itself."""

_START: Final = "hanna-fix:"
_COMMENT: Final = regex(rf"(?:^|(?<=\s))#+[ \t]*{_START}(.*)")
_IGNORE: Final = regex(r"[ \t]*ignore[ \t]*\[([^\]]*)\](.*)")


@dataclass(frozen=True, slots=True)
class Ignore:
    """One comment: the rule ids that it names, its reason (empty: none), and its place.

    `line` is the one that it speaks of, from 1, None where there is none. `is_readable` is False
    for a comment that begins like one and does not name rules.
    """

    location: Location
    rules: tuple[str, ...]
    reason: str
    line: int | None
    is_readable: bool = True


def ignores(trees: Iterable[AnyTree]) -> tuple[Ignore, ...]:
    """Return every comment to hanna-fix in files, in their order."""
    return tuple(one for tree in trees for one in _ignores_of(tree))


def _ignores_of(tree: AnyTree) -> Iterator[Ignore]:
    source = tree.source
    if _START not in source.text:
        return
    alone = {source.line_column(span.start)[0] for span in tree.comments if _is_alone(source, span)}
    seen: dict[str, int] = {}
    for span in tree.comments:
        found = _COMMENT.search(source.at(span).rstrip("\r"))
        if found is None:
            continue
        text = found[1].strip()
        number = seen[text] = seen.get(text, -1) + 1
        place = Location.of(
            source, Span(span.start + found.start(), span.end), ("#", text, str(number))
        )
        yield _ignore(place, text, _line(source, place.line, alone))


def _ignore(place: Location, text: str, line: int | None) -> Ignore:
    found = _IGNORE.fullmatch(text)
    rules = tuple(word.strip() for word in found[1].split(",") if word.strip()) if found else ()
    if found is None or not rules:
        return Ignore(place, (), "", line, is_readable=False)
    return Ignore(place, rules, found[2].strip(" \t-:"), line)


def _is_alone(source: Source, comment: Span) -> bool:
    return not source.text[source.line_start(comment.start) : comment.start].strip()


def _line(source: Source, line: int, alone: set[int]) -> int | None:
    """Return the line that a comment on `line` speaks of: its own, or the next with more on it."""
    if line not in alone:
        return line
    while line in alone:
        line += 1
    return line if source.line(line).strip() else None


def silences(comment: Ignore, rule: str, place: Location, tree: AnyTree | None) -> bool:
    """Tell whether a comment silences a finding of `rule` at `place`, which is in `tree`."""
    if rule in ABOUT_COMMENTS or rule not in comment.rules or place.path != comment.location.path:
        return False
    return any(line == comment.line for line in _lines_of(tree, place))


def _lines_of(tree: AnyTree | None, place: Location) -> tuple[int, ...]:
    """Return the lines on which a comment is about `place`: its own, and that of its key."""
    if not isinstance(tree, Tree):
        return (place.line,)
    key = next(filter(None, (_key(node, place.span.start) for node in tree.documents)), None)
    own = place.line if key is None else tree.source.line_column(key)[0]
    return (place.line, own)


def _key(node: Node | None, offset: int) -> int | None:
    """Return where the innermost entry that holds `offset` begins."""
    found = None
    while node is not None:
        inside: Node | None = None
        if isinstance(node, Mapping):
            for entry in node.entries:
                if entry.start <= offset < entry.end:
                    found, inside = entry.start, entry.value
        elif isinstance(node, Sequence):
            inside = next((one for one in node.items if one.start <= offset < one.end), None)
        node = inside
    return found
