"""Our quick dataclasses behave as those of the standard library."""

import copy
import dataclasses
import pickle
from typing import Any

import pytest

from patcher.records import dataclass as ours


def _define(decorate: Any) -> Any:
    @decorate(frozen=True, slots=True)
    class Record:
        """One of each kind of field."""

        name: str
        count: int = 3
        tags: list[str] = dataclasses.field(default_factory=list)
        hidden: str = dataclasses.field(default="x", repr=False)

    return Record


def _untyped(*classes: Any) -> tuple[Any, ...]:
    return classes


@ours(frozen=True, slots=True)
class Kept:
    """At the module's level, as pickle wants it."""

    name: str
    count: int = 3


@pytest.mark.parametrize("decorate", [ours, dataclasses.dataclass])
def test_objects_are_made_compared_and_shown_alike(decorate: Any) -> None:
    record = _define(decorate)
    one = record("a", tags=["t"])
    assert (one.name, one.count, one.tags, one.hidden) == ("a", 3, ["t"], "x")
    assert one == record("a", 3, ["t"])
    assert one != record("a", 4, ["t"])
    assert one != ("a", 3, ["t"], "x")
    assert repr(one).endswith("Record(name='a', count=3, tags=['t'])")
    assert dataclasses.replace(one, count=5) == record("a", 5, ["t"])
    assert [field.name for field in dataclasses.fields(record)] == list(record.__match_args__)
    assert record("a").tags is not record("a").tags
    assert not hasattr(one, "__dict__")


@pytest.mark.parametrize("decorate", [ours, dataclasses.dataclass])
def test_what_is_wrong_is_refused_alike(decorate: Any) -> None:
    record = _define(decorate)
    for args, kwargs in (((), {}), (("a", 1, [], "", 5), {}), (("a",), {"no": 1})):
        with pytest.raises(TypeError):
            record(*args, **kwargs)
    with pytest.raises(TypeError):
        record("a", name="b")
    one = record("a")
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.name = "b"
    with pytest.raises(dataclasses.FrozenInstanceError):
        del one.name
    with pytest.raises(TypeError):
        hash(one)  # the list in it


@pytest.mark.parametrize("decorate", [ours, dataclasses.dataclass])
def test_hash_and_equality_follow_the_options(decorate: Any) -> None:
    @decorate(frozen=True)
    class Value:
        one: int

    @decorate(frozen=True, eq=False)
    class Thing:
        one: int

    @decorate
    class Open:
        one: int
        two: int = dataclasses.field(init=False, default=7)

        def __post_init__(self) -> None:
            self.one += 1

    value, thing, opened = _untyped(Value, Thing, Open)
    assert hash(value(1)) == hash(value(1))
    assert value(1) == value(1)
    assert thing(1) != thing(1)
    assert {thing(1)}
    assert (opened(1).one, opened(1).two) == (2, 7)
    with pytest.raises(TypeError):
        hash(opened(1))


@pytest.mark.parametrize("decorate", [ours, dataclasses.dataclass])
def test_a_method_of_the_class_stays_and_a_child_adds_fields(decorate: Any) -> None:
    @decorate(frozen=True)
    class Parent:
        one: int

        def __repr__(self) -> str:
            return "mine"

    @decorate(frozen=True)
    class Child(Parent):
        two: int

    parent, child = _untyped(Parent, Child)
    assert repr(parent(1)) == "mine"
    assert child(1, 2) == child(one=1, two=2)
    assert child(1, 2) != parent(1)


def test_copies_and_pickles_are_equal() -> None:
    one = Kept("a", 4)
    assert copy.copy(one) == one
    assert pickle.loads(pickle.dumps(one)) == one
