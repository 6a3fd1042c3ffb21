"""Turn a pass directive with a variable into one with the literal name, the request kept as it is.

The reverse of `run_time_pass`, proven by the same measurement: without a URI part the backend
receives the same bytes. The `set` goes where nothing else uses its variable.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from patcher.lang.edit_error import CannotEdit
from patcher.lang.nginx_args import set_args
from patcher.lang.nginx_edit import remove
from patcher.lang.nginx_tree import block_at
from patcher.patterns import regex
from patcher.stack.nginx.scopes import Nginx, Placed
from patcher.stack.nginx.upstreams import Upstream
from patcher.stack.nginx.variables import names_in
from patcher.text import ABSENT, Edit, Route, Touch, joined

_ASSIGNS: Final = regex(r"set|js_var|set_\w+|\w+_set")
_VARIABLE: Final = regex(r"\$(?:\{(\w+)\}|(\w+))")
_LITERAL: Final = regex(r"(?:\w+://)?[\w.-]+(?::\d{1,5})?")


def start_time_edits(
    lookups: Sequence[Upstream], configurations: Sequence[Nginx]
) -> tuple[Edit, ...]:
    """Return the edits that write out the names of `lookups`, all of one host.

    Raises CannotEdit where a variable may hold something else, or a path.
    """
    edits: list[Edit] = []
    sets: dict[object, Placed] = {}
    for one in lookups:
        placed, values = one.placed, {}
        for name in names_in(one.placed.args[0]):
            found = _sets_of(one, name)
            values[name] = found[0].args[1]
            sets |= {each.key: each for each in found}
        literal = _written_out(placed.args[0], values)
        if _LITERAL.fullmatch(literal) is None:
            raise CannotEdit(f"`{literal}` has a path, which means something else when literal")
        edits += set_args(placed.tree, placed.route[:-1], placed.directive, [literal])
    passes = {one.placed.key for one in lookups}
    unused = [one for one in sets.values() if not _is_used(one, passes, configurations)]
    return joined([*edits, *_removals(unused)])


def _sets_of(lookup: Upstream, name: str) -> list[Placed]:
    """Return every `set` of a variable, all of one value; raises CannotEdit.

    A value outlives a jump to another location, so those of other locations count, too.
    """
    scopes = list(lookup.nginx.main.walk())
    found = [
        one
        for scope in scopes
        for one in scope.directives
        if _ASSIGNS.fullmatch(one.name) and one.args[:1] == (f"${name}",)
    ]
    values = {(one.name, *one.args[1:]) for one in found}
    is_table = any(scope.kind != "main" and scope.args[-1:] == (f"${name}",) for scope in scopes)
    captures = (f"(?<{name}>", f"(?P<{name}>", f"(?'{name}'")
    words = [arg for scope in scopes for one in scope.directives for arg in one.args]
    is_capture = any(capture in arg for arg in words for capture in captures)
    in_effect = any(one.scope in lookup.placed.scope.chain() for one in found)
    is_conditional = any(one.scope.kind == "if" for one in found)
    if len(values) != 1 or is_table or is_capture or is_conditional or not in_effect:
        raise CannotEdit(f"`${name}` may hold more than one value")
    if found[0].name != "set" or names_in(found[0].args[-1]):
        raise CannotEdit(f"the value of `${name}` is made up while nginx runs")
    return found


def _written_out(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its variables put in."""
    return _VARIABLE.sub(lambda match: values[match[1] or match[2]], text)


def _is_used(one: Placed, passes: set[tuple[str, Route]], all_nginx: Sequence[Nginx]) -> bool:
    """Whether anything but the converted passes mentions the variable of a `set`."""
    name = one.args[0].removeprefix("$")
    return any(
        name in names_in(arg)
        for nginx in all_nginx
        for scope in nginx.main.walk()
        for other in scope.directives
        if other.key not in passes and not (other.name == "set" and other.args[:1] == one.args[:1])
        for arg in other.args
    )


def _removals(sets: Sequence[Placed]) -> Iterator[Edit]:
    """Yield the removal of `set` directives; those of one block say together what is left."""
    blocks: dict[tuple[str, Route], list[Placed]] = {}
    for one in sets:
        blocks.setdefault((one.tree.source.path, one.route[:-1]), []).append(one)
    for (_, route), gone in blocks.items():
        tree, names = gone[0].tree, [one.directive for one in gone]
        left = [one for one in block_at(tree, route) if one.name.value == "set"]
        values = tuple(one.values for one in left if one not in names)
        for directive in names:
            for edit in remove(tree, route, directive):
                touch = edit.touches[0]
                touches = (Touch(touch.route, values) if values else Touch(touch.route, ABSENT),)
                yield replace(edit, touches=touches)
