"""What could not be read: told to the user, while the rest of the stack goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from patcher.errors import UserError

T = TypeVar("T")


class Problems(list[UserError]):
    """The problems met while loading, each once."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: set[str] = set()

    def add(self, problem: UserError) -> None:
        """Note a problem, unless the same line is noted already."""
        if str(problem) not in self._lines:
            self._lines.add(str(problem))
            self.append(problem)

    def attempt(self, call: Callable[[], T]) -> T | None:
        """Return what `call` returns; note its UserError and return None instead."""
        try:
            return call()
        except UserError as error:
            self.add(error)
            return None
