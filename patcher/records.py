"""Dataclasses that take little time to define: a drop-in for `dataclasses.dataclass`.

`dataclasses` compiles up to six methods for a class, 0.4 ms each time the program starts; there are
more than a hundred, and most runs make few objects of them. Here all classes share one set of
methods, and defining one takes a fifth of the time. Making an object takes twice as long, so what
one file has thousands of (spans, nodes, words) stays with `dataclasses`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import MISSING, FrozenInstanceError
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(cls=None, /, *, frozen=False, slots=False, eq=True):
        """Decorate a class as `dataclasses.dataclass` does, with methods that all classes share."""
        if cls is None:
            return lambda cls: dataclass(cls, frozen=frozen, slots=slots, eq=eq)
        cls.__doc__ = cls.__doc__ or cls.__name__  # else dataclasses writes one, which takes time
        made = dataclasses.dataclass(cls, init=False, repr=False, eq=False, slots=slots)
        names = tuple(made.__dataclass_fields__)
        values = _values(names)
        own = cls.__dict__
        methods = {"__init__": _init(made), "__repr__": _repr}
        if frozen:
            methods |= {"__setattr__": _refuse_set, "__delattr__": _refuse_delete}
        if frozen and slots:
            methods |= {"__getstate__": values, "__setstate__": _set_state}
        if eq:
            methods |= {"__eq__": _equal(values), "__hash__": _hash(values) if frozen else None}
        for name, method in methods.items():
            if name not in own or (name == "__hash__" and own[name] is None):
                setattr(made, name, method)
        return made


def _values(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """Return a function that gives the values of an object's fields."""
    if len(names) > 1:
        return lambda self, get=attrgetter(*names): get(self)  # type: ignore[misc]
    return lambda self: tuple(getattr(self, name) for name in names)


def _init(cls: type) -> Callable[..., None]:
    fields = [one for one in dataclasses.fields(cls) if one.init]
    others = [one for one in dataclasses.fields(cls) if not one.init]
    names = tuple(one.name for one in fields)
    known = frozenset(names)
    optional = {one.name: one for one in dataclasses.fields(cls) if _has_default(one)}
    after = getattr(cls, "__post_init__", None)
    put = object.__setattr__

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
        if len(args) > len(names) or not known.issuperset(kwargs):
            raise TypeError(f"{cls.__name__} takes {', '.join(names)}")
        for name, value in zip(names, args, strict=False):
            put(self, name, value)
        for name in names[len(args) :]:
            put(self, name, kwargs.pop(name) if name in kwargs else _default(cls, optional, name))
        if kwargs:
            raise TypeError(f"{cls.__name__} got {', '.join(kwargs)} twice")
        for one in others:
            put(self, one.name, _default(cls, optional, one.name))
        if after is not None:
            after(self)

    return __init__


def _has_default(one: dataclasses.Field[Any]) -> bool:
    return one.default is not MISSING or one.default_factory is not MISSING


def _default(cls: type, optional: dict[str, dataclasses.Field[Any]], name: str) -> Any:
    one = optional.get(name)
    if one is None:
        raise TypeError(f"{cls.__name__} lacks {name}")
    return one.default if one.default_factory is MISSING else one.default_factory()


def _repr(self: Any) -> str:
    names = (one.name for one in dataclasses.fields(self) if one.repr)
    shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
    return f"{type(self).__qualname__}({shown})"


def _equal(values: Callable[[Any], Any]) -> Callable[[Any, object], bool]:
    def __eq__(self: Any, other: object) -> bool:  # noqa: N807
        return values(self) == values(other) if type(other) is type(self) else NotImplemented

    return __eq__


def _hash(values: Callable[[Any], Any]) -> Callable[[Any], int]:
    return lambda self: hash(values(self))


def _set_state(self: Any, state: tuple[Any, ...]) -> None:
    for name, value in zip(self.__dataclass_fields__, state, strict=True):
        object.__setattr__(self, name, value)


def _refuse_set(self: object, name: str, _: object) -> None:
    raise FrozenInstanceError(f"cannot assign to {type(self).__name__}.{name}")


def _refuse_delete(self: object, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete {type(self).__name__}.{name}")
