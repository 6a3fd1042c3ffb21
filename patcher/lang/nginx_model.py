"""The plain model of an nginx file, and the proof that it changed exactly as declared.

The intent gate: `same(apply_touches(plain(old), touches), plain(new))`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from patcher.lang.model import dotted
from patcher.lang.nginx_tree import Directive, Tree, Values, values_at
from patcher.records import dataclass
from patcher.text import ABSENT, Touch

Model: TypeAlias = tuple["Entry", ...]
"""The directives of a block, in order."""

Entry: TypeAlias = tuple[str, tuple[str, ...], "Model | str | None"]
"""A directive: name, argument values, and its block, or its Lua code, or None."""

_ExpectedEntry: TypeAlias = tuple[str, tuple[str, ...], "Expected | str | None"]


@dataclass(frozen=True, slots=True)
class Expected:
    """What a block must hold after an edit.

    `entries` are its directives before the edit, their own blocks as expected after it; `claims`
    gives for each touched name the values of all its directives, empty if none may be left.
    """

    entries: tuple[_ExpectedEntry, ...]
    claims: dict[str, Values]


def plain(tree: Tree) -> Model:
    """Return the model of `tree`: everything that nginx sees, nothing of how it is written."""
    return _plain(tree.directives)


def apply_touches(model: Model, touches: Iterable[Touch]) -> Expected:
    """Return what `model` must become; every touch routes labels, then a bare directive name.

    Its value is the Values of all directives of that name in that block, or ABSENT. The last of
    two touches with one route counts. Raises KeyError where a route leads to no block.
    """
    claims: dict[str, Values] = {}
    inner: dict[str, list[Touch]] = {}
    for touch in touches:
        head, rest = str(touch.route[0]), touch.route[1:]
        if rest:
            inner.setdefault(head, []).append(Touch(rest, touch.value))
        else:
            claims[head] = () if touch.value is ABSENT else tuple(map(tuple, touch.value))
    return Expected(_expected_entries(model, inner), claims)


def same(expected: Expected, model: Model) -> bool:
    """Tell whether `model` is exactly what was expected.

    All directives but the touched ones must stand unchanged and in order, in the same blocks; the
    touched ones must have the declared values in order, and their blocks the contents they had.
    """
    claims = expected.claims
    stayed = [entry for entry in expected.entries if entry[0] not in claims]
    found = [entry for entry in model if entry[0] not in claims]
    if [entry[:2] for entry in stayed] != [entry[:2] for entry in found]:
        return False
    return _same_blocks(stayed, found) and all(
        _same_claim(expected, name, model) for name in claims
    )


def _plain(directives: Iterable[Directive]) -> Model:
    return tuple((each.name.value, each.values, _children(each)) for each in directives)


def _children(directive: Directive) -> Model | str | None:
    if directive.block is not None:
        return _plain(directive.block.directives)
    return directive.lua.raw if directive.lua else None


def _expected_entries(model: Model, inner: dict[str, list[Touch]]) -> tuple[_ExpectedEntry, ...]:
    seen: Counter[str] = Counter()
    entries: list[_ExpectedEntry] = []
    for name, args, children in model:
        label = f"{name}[{seen[name]}]"
        seen[name] += 1
        if isinstance(children, tuple):
            entries.append((name, args, apply_touches(children, inner.pop(label, ()))))
        else:
            entries.append((name, args, children))
    if inner:
        raise KeyError(next(iter(inner)))
    return tuple(entries)


def _same_claim(expected: Expected, name: str, model: Model) -> bool:
    before = [entry for entry in expected.entries if entry[0] == name]
    after = [entry for entry in model if entry[0] == name]
    if tuple(args for _, args, _ in after) != expected.claims[name]:
        return False
    if all(children is None for _, _, children in [*before, *after]):
        return True
    return _same_blocks(before, after)


def _same_blocks(
    expected: Sequence[_ExpectedEntry],
    found: Sequence[Entry],
) -> bool:
    if len(expected) != len(found):
        return False
    return all(
        same(one, other) if isinstance(one, Expected) and isinstance(other, tuple) else one == other
        for (_, _, one), (_, _, other) in zip(expected, found, strict=True)
    )


@dataclass(frozen=True, slots=True)
class NginxModel:
    """The model of an nginx file, as the intent gate compares it."""

    tree: Tree

    def unintended(self, new: NginxModel, touches: Sequence[Touch]) -> Iterator[str]:
        """Yield, in words, where the step to `new` is not what was declared."""
        try:
            expected = apply_touches(plain(self.tree), touches)
        except (KeyError, IndexError) as error:
            yield f"a declared change leads nowhere ({error!r})"
            return
        if not same(expected, plain(new.tree)):
            yield "the directives are not what was declared"
        for touch in touches:
            if values_at(self.tree, touch.route) == touch.value:
                yield f"`{dotted(touch.route)}` was declared to change and did not"
