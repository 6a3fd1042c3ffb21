"""What is asked of a stack, a project or a file again and again, worked out once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

O = TypeVar("O")  # noqa: E741 - the owner
P = ParamSpec("P")
T = TypeVar("T")


def once_each(call: Callable[Concatenate[O, P], T]) -> Callable[Concatenate[O, P], T]:
    """Keep what a function returns for its first argument, as long as that object is there.

    The first argument never changes; the others are hashable. What the function raises is not kept.
    """
    kept: WeakKeyDictionary[O, dict[Any, T]] = WeakKeyDictionary()

    @wraps(call)
    def once(owner: O, /, *args: P.args, **kwargs: P.kwargs) -> T:
        known = kept.setdefault(owner, {})
        key = (args, tuple(kwargs.items()))
        if key not in known:
            known[key] = call(owner, *args, **kwargs)
        return known[key]

    return once
