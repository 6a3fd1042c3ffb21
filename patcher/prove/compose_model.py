"""What fixes declared, and what changed in Compose's own model: the two must be the same.

Compose merges files and brings short forms into long ones, so places are compared, not values: that
the values are the declared ones is proven on the files themselves, by the gate "intended".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from patcher.engine.apply import edits_of
from patcher.engine.outcome import Fixed
from patcher.lang.model import dotted
from patcher.lang.yaml_nodes import Tree
from patcher.stack.compose.values import untagged
from patcher.stack.stack import Stack
from patcher.text import Route, Touch


def declared(stack: Stack, fixed: Iterable[Fixed]) -> Iterator[Touch]:
    """Yield what fixes declared to change in compose files, as changes of the merged model."""
    for one in fixed:
        for edit in edits_of(one.finding) if one.direct else ():
            for touch in edit.touches:
                yield from merged(stack, edit.path, touch)


def merged(stack: Stack, path: str, touch: Touch) -> Iterator[Touch]:
    """Yield a change of one file as changes of the merged model, `extends` followed.

    Nothing for a file that is no compose file of the stack.
    """
    tree = stack.tree(path)
    if not isinstance(tree, Tree):
        return
    route = touch.route[1:] if len(tree.documents) > 1 else touch.route
    value = untagged(touch.value)
    if any(document.tree is tree for document in stack.project.documents):
        yield Touch(route, value)
    if route[0] != "services" or len(route) < 3:
        return
    for service in stack.project.services.values():
        places = [(part.tree.source.path, part.route) for part in service.parts if part.extended]
        if (path, touch.route[: len(touch.route) - len(route) + 2]) in places:
            yield Touch(("services", service.name, *route[2:]), value)


def differences(old: Any, new: Any, route: Route = ()) -> Iterator[Route]:
    """Yield where two models differ: the key that came or went, or the value that changed."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in {**old, **new}:
            if name in old and name in new:
                yield from differences(old[name], new[name], (*route, name))
            else:
                yield (*route, name)
    elif old != new:
        yield route


def expected(old: Any, touch: Touch, done: Route = ()) -> Iterator[Route]:
    """Yield where a change makes a difference to Compose's model `old`.

    A list counts as one value there; the short form of `depends_on` is a mapping already.
    """
    if touch.route and isinstance(old, dict) and touch.route[0] in old:
        head, rest = touch.route[0], touch.route[1:]
        yield from expected(old[head], Touch(rest, touch.value), (*done, head))
    elif touch.route and isinstance(old, dict):
        yield (*done, touch.route[0])
    elif touch.route:
        yield done
    elif isinstance(old, dict) and isinstance(touch.value, dict):
        for name, value in touch.value.items():
            yield from expected(old, Touch((name,), value), done)
    elif old != touch.value:
        yield done


def undeclared(old: Any, new: Any, touches: Iterable[Touch]) -> Iterator[str]:
    """Yield, in words, where the step from `old` to `new` is not what was declared."""
    wanted = list(touches)
    declared_routes = {route for touch in wanted for route in expected(old, touch)}
    found = set(differences(old, new))
    for route in sorted(found - declared_routes, key=str):
        yield f"`{dotted(route)}` differs, and no fix declared that"
    for route in sorted(declared_routes - found, key=str):
        yield f"`{dotted(route)}` was declared to change, and is the same"
