"""How long nginx keeps the answer to a lookup: the parameter `valid=` of a `resolver`.

Source: https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from patcher.stack.resolvers import Resolver, seconds

DOCKER_TTL: Final = 600
"""The seconds for which Docker's DNS lets an answer be kept, and nginx does without `valid=`."""


def kept_seconds(resolver: Resolver) -> float | None:
    """Return how long `valid=` keeps an answer, 0 where there is none, None for what nginx refuses.

    A `valid=0` counts as none.
    """
    return 0 if resolver.valid is None else seconds(resolver.valid.removeprefix("valid="))


def is_kept_well(resolver: Resolver, target: int) -> bool:
    """Tell whether answers are kept for `target` seconds or more, and not longer than without."""
    kept = kept_seconds(resolver)
    return kept is not None and target <= kept <= max(DOCKER_TTL, target)


def with_valid(args: Sequence[str], target: int) -> list[str]:
    """Return the arguments of a `resolver` with `valid=` at `target` seconds.

    It takes the place of the one in effect, the last; else it goes behind the servers.
    """
    new, given = f"valid={target}s", [arg.startswith("valid=") for arg in args]
    if any(given):
        place = len(args) - 1 - given[::-1].index(True)
        return [*args[:place], new, *args[place + 1 :]]
    place = 1 + max(index for index, arg in enumerate(args) if "=" not in arg)
    return [*args[:place], new, *args[place:]]
