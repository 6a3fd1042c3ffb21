"""What is worked out once for each stack, and goes with it."""

from __future__ import annotations

import gc
from dataclasses import dataclass, field
from weakref import ref

import pytest

from patcher.once import once_each


@dataclass(eq=False)
class Owner:
    calls: list[int] = field(default_factory=list)


@once_each
def doubled(owner: Owner, number: int) -> int:
    owner.calls.append(number)
    if number < 0:
        raise ValueError(number)
    return 2 * number


def test_a_value_is_worked_out_once_for_each_owner_and_argument() -> None:
    one, other = Owner(), Owner()
    assert [doubled(one, 3), doubled(one, 3), doubled(one, 4), doubled(other, 3)] == [6, 6, 8, 6]
    assert (one.calls, other.calls) == ([3, 4], [3])


def test_what_is_raised_is_not_kept() -> None:
    owner = Owner()
    for _ in range(2):
        with pytest.raises(ValueError, match="-1"):
            doubled(owner, -1)
    assert owner.calls == [-1, -1]


def test_values_go_with_their_owner() -> None:
    owner = Owner()
    doubled(owner, 1)
    gone = ref(owner)
    del owner
    gc.collect()
    assert gone() is None
