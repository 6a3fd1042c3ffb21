"""Values of options as the parser gives them, where no more than that is needed.

Typer 0.29 has pydantic turn every value into its type, also one that was not given; pydantic takes
70 ms to import, more than all else that a short run does. Texts, paths and choices do without it.
Whatever else there is, a text that is no choice among it, goes to Typer, which words the error.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any, get_args, get_origin

from typer.core import TyperGroup


def without_pydantic(command: Any) -> None:
    """Let the options of a command, and of those below it, take plain values as they are.

    A Typer that has another way from a value to its type keeps to it.
    """
    command.get_params = partial(_params, command.get_params)
    for one in command.commands.values() if isinstance(command, TyperGroup) else ():
        without_pydantic(one)


def _params(own: Callable[[Any], list[Any]], ctx: Any) -> list[Any]:
    """Return the parameters of a command, the option for help among them."""
    params = own(ctx)
    for param in params:
        ask_typer = getattr(param, "get_runtime_param", None)
        if ask_typer is not None and "get_runtime_param" not in vars(param):
            make = _maker(param.type_descriptor.annotation)
            param.get_runtime_param = partial(_Plain, ask_typer, make)
    return params


class _Plain:
    """Makes the value of an option with `make`, else as Typer does."""

    def __init__(self, ask_typer: Callable[[], Any], make: Callable[[Any], Any]) -> None:
        self._ask_typer = ask_typer
        self._make = make

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return the value that the command gets; raises what Typer raises where there is none."""
        is_list = param.multiple or param.nargs == -1
        if value is None:
            return () if is_list else None
        try:
            return [self._make(one) for one in value] if is_list else self._make(value)
        except ValueError:
            return self._ask_typer().coerce(value, param=param, ctx=ctx)


def _maker(annotation: Any) -> Callable[[Any], Any]:
    """Return what makes an object of a text; ValueError says: ask Typer."""
    one = get_args(annotation)[0] if get_origin(annotation) is list else annotation
    is_plain = isinstance(one, type) and issubclass(one, (str, Path, Enum))
    return one if is_plain else _refuse


def _refuse(value: object) -> object:
    raise ValueError(value)
