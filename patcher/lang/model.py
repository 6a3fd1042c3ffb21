"""Plain models compared: what edits declared, applied to the old model, must give the new one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self

from patcher.text import ABSENT, Route, Touch


def apply_touches(model: Any, touches: Iterable[Touch]) -> Any:
    """Return a copy of `model` with every touch's value set at its route.

    Raises KeyError, IndexError or TypeError where a route leads nowhere.
    """
    for touch in touches:
        model = _with(model, touch.route, touch.value)
    return model


def _with(model: Any, route: Route, value: Any) -> Any:
    if not route:
        return value
    head, rest = route[0], route[1:]
    if isinstance(model, list):
        copy = list(model)
        copy[int(head)] = _with(copy[int(head)], rest, value)
        return copy
    result = dict(model or {})
    if not rest and value is ABSENT:
        del result[head]
    else:
        result[head] = _with(result[head] if rest else None, rest, value)
    return result


def differences(old: Any, new: Any, route: Route = ()) -> Iterator[Route]:
    """Yield the routes at which two models differ; types count, the order of keys does not."""
    if type(old) is not type(new):
        yield route
    elif isinstance(old, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            yield from differences(old.get(key, ABSENT), new.get(key, ABSENT), (*route, key))
    elif isinstance(old, list) and len(old) == len(new):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from differences(one, other, (*route, index))
    elif old != new:
        yield route


class Model(Protocol):
    """The parsed model of one file, as the intent gate compares it."""

    def touched(self, touches: Sequence[Touch]) -> Self:
        """Return the model with every declared change made.

        Raises KeyError, IndexError, TypeError or ValueError where a route leads nowhere.
        """

    def differences(self, other: Self) -> Iterator[Route]:
        """Yield the routes at which this model and another differ."""


@dataclass(frozen=True, slots=True)
class PlainModel:
    """The model of a YAML file: plain data."""

    data: Any

    def touched(self, touches: Sequence[Touch]) -> PlainModel:
        """Return the model with every declared change made; raises as Model does."""
        return PlainModel(apply_touches(self.data, touches))

    def differences(self, other: PlainModel) -> Iterator[Route]:
        """Yield the routes at which this model and another differ."""
        return differences(self.data, other.data)
