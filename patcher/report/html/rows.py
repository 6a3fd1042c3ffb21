"""One file before and after as rows of two sides, with the words that differ marked.

Lines and words are compared as text; what is compared is bounded, so that a long file costs no
more than its changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from enum import Enum
from functools import lru_cache
from typing import Final

from patcher.diff import opcodes
from patcher.patterns import regex
from patcher.records import dataclass
from patcher.text import Source

LONGEST_LINE: Final = 1000
"""How many characters of a line are shown."""

_WORD: Final = regex(r"\w+|\s+|[^\w\s]")
_MOST_PAIRS: Final = 2500
_MOST_WORDS: Final = 400
_ALIKE: Final = 0.35


class Side(Enum):
    """Whether the two sides of a row are the same, or what became of the line."""

    SAME = "same"
    CHANGED = "changed"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a line; `marked` where the other side has another text there."""

    text: str
    marked: bool = False


Line = tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: line number (from 1) and line of each side, None where a side has none."""

    side: Side
    old_number: int | None
    old: Line
    new_number: int | None
    new: Line


def rows(before: Source | None, after: Source) -> list[Row]:
    """Return all rows of a file; `before` is None for a new file."""
    old, new = ([] if before is None else _lines(before)), _lines(after)
    found: list[Row] = []
    for tag, i1, i2, j1, j2 in opcodes(old, new):
        if tag == "equal":
            found += [
                Row(Side.SAME, i + 1, _plain(old[i]), j1 + i - i1 + 1, _plain(old[i]))
                for i in range(i1, i2)
            ]
        else:
            found += _changed(old[i1:i2], new[j1:j2], i1, j1)
    return found


def _lines(source: Source) -> list[str]:
    lines = source.text.split("\n")
    return lines if lines[-1] else lines[:-1]


def _changed(old: list[str], new: list[str], i: int, j: int) -> Iterator[Row]:
    """Yield the rows of one change; lines that are alike stand side by side."""
    for one, other in _paired(old, new):
        if one is None and other is not None:
            yield Row(Side.ADDED, None, (), j + other + 1, _plain(new[other]))
        elif other is None and one is not None:
            yield Row(Side.REMOVED, i + one + 1, _plain(old[one]), None, ())
        elif one is not None and other is not None:
            left, right = _marked(old[one], new[other])
            yield Row(Side.CHANGED, i + one + 1, left, j + other + 1, right)


def _paired(old: list[str], new: list[str]) -> list[tuple[int | None, int | None]]:
    """Return lines in pairs, in order, so that the pairs are as alike as can be."""
    if len(old) * len(new) > _MOST_PAIRS:
        both = min(len(old), len(new))
        more = [(i, None) for i in range(both, len(old))]
        return [*((i, i) for i in range(both)), *more, *((None, j) for j in range(both, len(new)))]
    return _traced(old, new, _table(old, new))


def _table(old: list[str], new: list[str]) -> list[list[float]]:
    """Return how alike the rest of both sides can be paired, from each pair of lines on."""
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            pair = best[i + 1][j + 1] + _alike(old[i], new[j])
            best[i][j] = max(best[i + 1][j], best[i][j + 1], pair)
    return best


def _traced(
    old: list[str], new: list[str], best: list[list[float]]
) -> list[tuple[int | None, int | None]]:
    pairs: list[tuple[int | None, int | None]] = []
    i = j = 0
    while i < len(old) and j < len(new):
        alike = _alike(old[i], new[j])
        if alike and best[i][j] == best[i + 1][j + 1] + alike:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            pairs.append((i, None))
            i += 1
        else:
            pairs.append((None, j))
            j += 1
    pairs += [(rest, None) for rest in range(i, len(old))]
    return [*pairs, *((None, rest) for rest in range(j, len(new)))]


@lru_cache(maxsize=2 * _MOST_PAIRS)
def _alike(old: str, new: str) -> float:
    """Return how alike two lines are, from 0 to 1; 0 where they are not worth a pair.

    That counts the words that both have, in whatever order: a file may hold lines that take
    SequenceMatcher's other ratio very long.
    """
    one, other = _solid(old), _solid(new)
    if not one or not other:
        return 0.0
    ratio = SequenceMatcher(None, one, other, autojunk=False).quick_ratio()
    return ratio if ratio >= _ALIKE else 0.0


def _solid(line: str) -> list[str]:
    return [word for word in _WORD.findall(line[: 4 * LONGEST_LINE]) if not word.isspace()]


def _marked(old: str, new: str) -> tuple[Line, Line]:
    """Return two lines with the words marked that only one of them has."""
    one, other = _WORD.findall(_cut(old)), _WORD.findall(_cut(new))
    if max(len(one), len(other)) > _MOST_WORDS:
        return (Segment(_cut(old), marked=True),), (Segment(_cut(new), marked=True),)
    left: list[Segment] = []
    right: list[Segment] = []
    for tag, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        left += _segment(one[a:b], marked=tag != "equal")
        right += _segment(other[c:d], marked=tag != "equal")
    return tuple(left), tuple(right)


def _segment(words: Sequence[str], *, marked: bool) -> list[Segment]:
    return [Segment("".join(words), marked)] if words else []


def _plain(line: str) -> Line:
    return (Segment(_cut(line)),) if line else ()


def _cut(line: str) -> str:
    line = line.removesuffix("\r")
    more = len(line) - LONGEST_LINE
    return line if more <= 0 else f"{line[:LONGEST_LINE]}… {more} more characters"
