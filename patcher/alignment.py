"""Which lines two texts have in common, found in time that is about linear in long texts.

`difflib.SequenceMatcher` gives short diffs; its time grows with the square of the changes, and with
that of equal lines. So it is given short texts, and long ones in pieces: they are cut at lines that
each text holds once (Bram Cohen's patience diff).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import Match, SequenceMatcher
from typing import Final

_SHORT: Final = 1_000
_MAX_PAIRS: Final = 100_000
_MAX_DISTANCE: Final = 500
_ALIKE: Final = 3

Block = tuple[int, int, int]
"""Lines that are the same: where they begin in the old text, in the new one, and how many."""


class Matcher(SequenceMatcher[str]):
    """Compares two texts line by line; with long ones the diff may be longer than need be."""

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        self._sides = old, new
        self._is_short = _is_short(old, new)
        super().__init__(None, *((old, new) if self._is_short else ((), ())), autojunk=False)

    def get_matching_blocks(self) -> list[Match]:
        """Return the runs of equal lines, in order; the last one is empty, at both ends."""
        if self._is_short:
            return super().get_matching_blocks()
        old, new = self._sides
        blocks = [*_joined(_anchored(old, new)), (len(old), len(new), 0)]
        return [Match(*block) for block in blocks]


def common(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many lines two texts begin with alike."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def _is_short(old: Sequence[str], new: Sequence[str]) -> bool:
    if len(old) + len(new) > _SHORT:
        return False
    counts = Counter(old)
    return sum(counts[line] for line in new) <= _MAX_PAIRS


def _anchored(old: Sequence[str], new: Sequence[str]) -> Iterator[Block]:
    """Yield equal runs: the lines that both hold once, and what is between them."""
    left = right = 0
    for one, other in [*_anchors(old, new), (len(old), len(new))]:
        for start, place, length in _between(old[left:one], new[right:other]):
            yield left + start, right + place, length
        if one < len(old):
            yield one, other, 1
        left, right = one + 1, other + 1


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Return the places of the lines that both texts hold once, as many as keep their order."""
    once = _once(new)
    pairs = [(one, once[line]) for line, one in _once(old).items() if line in once]
    return _rising(sorted(pairs))


def _once(lines: Sequence[str]) -> dict[str, int]:
    counts = Counter(lines)
    return {line: place for place, line in enumerate(lines) if counts[line] == 1}


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest series of pairs whose second numbers rise, too (patience sorting)."""
    tops: list[int] = []
    piles: list[int] = []
    before: list[int | None] = []
    for place, (_, number) in enumerate(pairs):
        pile = bisect_left(tops, number)
        before.append(piles[pile - 1] if pile else None)
        tops[pile : pile + 1] = [number]
        piles[pile : pile + 1] = [place]
    found: list[tuple[int, int]] = []
    last = piles[-1] if piles else None
    while last is not None:
        found.append(pairs[last])
        last = before[last]
    return found[::-1]


def _between(old: Sequence[str], new: Sequence[str]) -> Iterator[Block]:
    head = common(old, new)
    tail = common(old[head:][::-1], new[head:][::-1])
    yield 0, 0, head
    inner = old[head : len(old) - tail], new[head : len(new) - tail]
    is_short = _is_short(*inner)
    found = Matcher(*inner).get_matching_blocks() if is_short else _nearest(*inner)
    for left, right, length in found:
        yield head + left, head + right, length
    yield len(old) - tail, len(new) - tail, tail


def _joined(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield runs with those made one that touch on both sides; empty ones are left out."""
    last = (0, 0, 0)
    for left, right, length in blocks:
        if (left, right) == (last[0] + last[2], last[1] + last[2]):
            last = (*last[:2], last[2] + length)
        elif length:
            if last[2]:
                yield last
            last = (left, right, length)
    if last[2]:
        yield last


def _nearest(old: Sequence[str], new: Sequence[str]) -> Iterator[Block]:
    """Yield equal runs, found by looking for the nearest place where both sides go on alike."""
    left = right = 0
    while left < len(old) and right < len(new):
        start = left
        while left < len(old) and right < len(new) and old[left] == new[right]:
            left, right = left + 1, right + 1
        if left > start:
            yield start, right - left + start, left - start
        left, right = _next_alike(old, left, new, right)


def _next_alike(old: Sequence[str], left: int, new: Sequence[str], right: int) -> tuple[int, int]:
    for distance in range(1, _MAX_DISTANCE):
        for skipped in range(distance + 1):
            one, other = left + distance - skipped, right + skipped
            if old[one : one + _ALIKE] == new[other : other + _ALIKE]:
                return one, other
    return len(old), len(new)
