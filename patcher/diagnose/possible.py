"""One thing that may have caused a failure, before the findings are looked at."""

from __future__ import annotations

from typing import Final

from patcher.records import dataclass

NO_WAIT: Final = ("missing-healthcheck", "unconditional-depends-on", "missing-depends-on")
"""The rules that close the time in which nginx asks a service that is not ready."""


@dataclass(frozen=True, slots=True)
class Possible:
    """A cause, how to tell it from others, and the rules whose findings belong to it.

    `sure` says that such a finding makes it the likeliest; without one it is no cause at all.
    """

    text: str
    tell: str
    rules: tuple[str, ...] = ()
    sure: bool = False
