"""Plain models compared: what edits declared, applied to the old model, must give the new one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol, Self

from patcher.lang.yaml_scalars import Tagged
from patcher.records import dataclass
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
    if isinstance(model, Tagged):
        return Tagged(model.tag, _with(model.value, route, value))
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
        yield route or ("",)
    elif isinstance(old, Tagged) and old.tag == new.tag:
        yield from differences(old.value, new.value, route)
    elif isinstance(old, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            yield from differences(old.get(key, ABSENT), new.get(key, ABSENT), (*route, key))
    elif isinstance(old, list) and len(old) == len(new):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from differences(one, other, (*route, index))
    elif old != new:
        yield route or ("",)


class Model(Protocol):
    """The parsed model of one file, as the intent gate compares it."""

    def unintended(self, new: Self, touches: Sequence[Touch]) -> Iterator[str]:
        """Yield, in words, where the step from this model to `new` is not what was declared.

        Every declared change must have been made, and must have changed something; nothing else
        may differ.
        """


@dataclass(frozen=True, slots=True)
class PlainModel:
    """The model of a YAML file: plain data."""

    data: Any

    def unintended(self, new: PlainModel, touches: Sequence[Touch]) -> Iterator[str]:
        """Yield where the step to `new` is not what was declared."""
        try:
            expected = apply_touches(self.data, touches)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            yield f"a declared change leads nowhere ({error!r})"
            return
        for route in differences(expected, new.data):
            yield f"`{dotted(route)}` is not what was declared"
        for touch in touches:
            if not any(differences(lookup(self.data, touch.route), touch.value)):
                yield f"`{dotted(touch.route)}` was declared to change and did not"


def lookup(model: Any, route: Route) -> Any:
    """Return the value at a route, tags on the way there set aside; ABSENT where there is none."""
    for part in route:
        if isinstance(model, Tagged):
            model = model.value
        try:
            model = model[part]
        except (KeyError, IndexError, TypeError):
            return ABSENT
    return model


def dotted(route: Route) -> str:
    """Return a route for people: `services.db.image`."""
    return ".".join(map(str, route))
