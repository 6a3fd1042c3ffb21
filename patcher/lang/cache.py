"""A cache for parsed files that is bounded by how much text they hold, not by their number."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Final, ParamSpec, TypeVar

MAX_CACHED: Final = 4 << 20
"""The most characters of parsed text kept; a tree takes up to a hundred times their memory."""

P = ParamSpec("P")
T = TypeVar("T")


def cached_by_length(
    length: Callable[P, int],
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Keep the latest results of a function of hashable positional arguments.

    `length` gives the characters behind a result; the oldest go when there are more than
    MAX_CACHED, the newest one always stays.
    """

    def decorate(call: Callable[P, T]) -> Callable[P, T]:
        kept: OrderedDict[Hashable, T] = OrderedDict()
        lengths: dict[Hashable, int] = {}

        @wraps(call)
        def cached(*args: P.args, **kwargs: P.kwargs) -> T:
            key = args
            if key in kept:
                kept.move_to_end(key)
                return kept[key]
            kept[key] = call(*args, **kwargs)
            lengths[key] = length(*args, **kwargs)
            while len(kept) > 1 and sum(lengths.values()) > MAX_CACHED:
                oldest, _ = kept.popitem(last=False)
                del lengths[oldest]
            return kept[key]

        return cached

    return decorate
