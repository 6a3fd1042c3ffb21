"""Variables of an nginx configuration: what the files can make of a text that holds some.

Sources: https://nginx.org/en/docs/http/ngx_http_rewrite_module.html#set,
https://nginx.org/en/docs/http/ngx_http_map_module.html, …/ngx_http_geo_module.html and
…/ngx_http_split_clients_module.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from typing import Final

from patcher.patterns import regex
from patcher.stack.nginx.captures import captured
from patcher.stack.nginx.scopes import Scope

_VARIABLE: Final = regex(r"\$(?:\{(\w+)\}|(\w+))")
_TABLES: Final = frozenset({"map", "geo", "split_clients"})
_TABLE_WORDS: Final = frozenset(
    {"include", "hostnames", "volatile", "delete", "proxy", "proxy_recursive", "ranges"}
)
_MAX_STEPS: Final = 10
_MAX_TEXTS: Final = 200
_MAX_LENGTH: Final = 1000


def names_in(text: str) -> list[str]:
    """Return the names of the variables in a text, in order."""
    return [match[1] or match[2] for match in _VARIABLE.finditer(text)]


def filled(text: str, environment: Mapping[str, str | None]) -> str:
    """Return `text` with what the environment puts into templates; the rest stays."""

    def value(match: re.Match[str]) -> str:
        given = environment.get(match[1] or match[2])
        return match[0] if given is None else given

    return _VARIABLE.sub(value, text)


def is_run_time(text: str, scope: Scope, environment: Mapping[str, str | None]) -> bool:
    """Tell whether nginx makes up `text` anew for each request.

    False where every variable in it is the environment's, put in before nginx starts: one that is
    set there, or one in capitals that no file sets, which nginx itself would refuse.
    """
    return any(
        _assigned(name, scope) or not (name in environment or name.isupper())
        for name in names_in(text)
    )


def is_assigned(name: str, scope: Scope) -> bool:
    """Tell whether the files give the variable a value, known or not, or capture one."""
    group = re.compile(rf"\(\?P?<{re.escape(name)}>")
    return bool(_assigned(name, scope)) or any(
        group.search(arg)
        for enclosing in scope.chain()
        for args in (enclosing.args, *(one.args for one in enclosing.directives))
        for arg in args
    )


def expanded(text: str, scope: Scope, environment: Mapping[str, str | None]) -> list[str]:
    """Return every text that `text` may become, sorted; unknown variables stay in it.

    Where they are too many or too long to be told, `text` itself.
    """
    done: set[str] = set()
    open_texts = [(text, 0)]
    while open_texts:
        one, step = open_texts.pop()
        further = _step(one, scope, environment) if step < _MAX_STEPS else []
        if not further:
            done.add(one)
        open_texts += [(other, step + 1) for other in further]
        if len(done) + len(open_texts) > _MAX_TEXTS or len(one) > _MAX_LENGTH:
            return [text]
    return sorted(done)


def _step(text: str, scope: Scope, environment: Mapping[str, str | None]) -> list[str]:
    """Return `text` with each value of the first variable that has any; empty where none has."""
    for name in names_in(text):
        if values := _assigned(name, scope) or _given(name, environment):
            # one more than can be told is enough to see that it cannot
            return [_replace(text, name, value) for value in islice(values, _MAX_TEXTS + 1)]
    return []


def _given(name: str, environment: Mapping[str, str | None]) -> set[str]:
    value = environment.get(name)
    return set() if value is None else {value}


def _replace(text: str, name: str, value: str) -> str:
    return _VARIABLE.sub(lambda match: value if (match[1] or match[2]) == name else match[0], text)


def _assigned(name: str, scope: Scope) -> set[str]:
    """Return what `set`, tables and captures give a variable.

    One in an `if` adds to those further out. A `set` in a location counts in its `if` blocks, not
    in the locations within it: nginx runs those of the innermost location and of the server.
    """
    found: set[str] = set()
    in_location = False
    for enclosing in scope.chain():
        is_run = not (in_location and enclosing.kind == "location")
        in_location = in_location or enclosing.kind == "location"
        for child in enclosing.children if is_run else ():
            if child.kind == "if":
                found |= _set_in(child, name)
        if is_run and (values := _set_in(enclosing, name)):
            return found | values
        for child in enclosing.children:
            if child.kind in _TABLES and child.args and _is_named(child.args[-1], name):
                return found | _table_values(child)
    return found or captured(name, scope)


def _set_in(scope: Scope, name: str) -> set[str]:
    assigned = (one.args for one in scope.directives if one.name == "set" and len(one.args) == 2)
    return {
        value
        for target, value in assigned
        if _is_named(target, name) and name not in names_in(value)
    }


def _is_named(target: str, name: str) -> bool:
    """Tell whether `$name` is what a directive sets: nginx takes no notice of upper and lower case.

    A name all in capitals is more likely the environment's.
    """
    return target == f"${name}" or (not name.isupper() and target.lower() == f"${name.lower()}")


def _table_values(table: Scope) -> set[str]:
    return {one.args[0] for one in table.directives if one.name not in _TABLE_WORDS and one.args}
