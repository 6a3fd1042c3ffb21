"""Regular expressions that are compiled when they are first used.

There are two hundred, compiling all of them takes 25 ms, and no run needs more than half.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from re import compile as regex
else:

    class regex:  # noqa: N801 - stands for `re.compile`
        """A compiled pattern: what is asked of it for the first time is kept in its place."""

        def __init__(self, text: str, flags: int = 0) -> None:
            self._text = text
            self._flags = flags

        def __getattr__(self, name: str) -> Any:
            if name.startswith("_"):
                raise AttributeError(name)
            value = getattr(re.compile(self._text, self._flags), name)
            setattr(self, name, value)
            return value


__all__ = ["regex"]
