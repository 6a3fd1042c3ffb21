"""Entries of one service, to be copied into another that has to be much the same."""

from __future__ import annotations

from typing import Any

from patcher.lang.edit_error import CannotEdit
from patcher.lang.yaml_style import Data
from patcher.stack.compose.service import Service
from patcher.stack.compose.values import Value, untagged


def single(app: Service, key: str) -> Value | None:
    """Return the one definition of a key; None where there is none.

    Raises CannotEdit where there are several, or it is in another file than the service's own.
    """
    values = app.values(key)
    if not values:
        return None
    if len(values) > 1:
        raise CannotEdit(f"`{key}` of `{app.name}` is put together from several definitions")
    if values[0].tree is not app.home.tree:
        path = values[0].tree.source.path
        raise CannotEdit(f"`{key}` of `{app.name}` is defined in another file, {path}")
    return values[0]


def copied(value: Value) -> Data:
    """Return a value to copy as written; of networks only the names where more is said of them.

    A second container cannot take the same fixed address or alias.
    """
    data: Any = untagged(value.plain)
    if value.entry.name == "networks" and isinstance(data, dict) and any(data.values()):
        return list(data)
    return value.entry
