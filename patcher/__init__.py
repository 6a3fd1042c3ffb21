"""hanna-fix: proven, format-preserving fixes for Docker Compose stacks behind nginx.

`check()` finds, `fix()` makes the fixes in memory, and neither writes: see docs/library.md.
Each name is loaded when it is first asked for, so that a command loads no more than it needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from patcher.engine.outcome import Change, Fixed, Held, Outcome
    from patcher.errors import Bug, LimitError, UserError
    from patcher.finding import Finding, Fix, Location, NoFix, Safety, Severity
    from patcher.library import check, fix

__version__ = "0.1.0"

__all__ = [
    "Bug",
    "Change",
    "Finding",
    "Fix",
    "Fixed",
    "Held",
    "LimitError",
    "Location",
    "NoFix",
    "Outcome",
    "Safety",
    "Severity",
    "UserError",
    "__version__",
    "check",
    "fix",
]

_HOMES: Final = {
    "patcher.engine.outcome": ("Change", "Fixed", "Held", "Outcome"),
    "patcher.errors": ("Bug", "LimitError", "UserError"),
    "patcher.finding": ("Finding", "Fix", "Location", "NoFix", "Safety", "Severity"),
    "patcher.library": ("check", "fix"),
}

if not TYPE_CHECKING:  # to a type checker every name would be there

    def __getattr__(name: str) -> object:
        """Load a public name from its module (PEP 562)."""
        from importlib import import_module

        for home, names in _HOMES.items():
            if name in names:
                return getattr(import_module(home), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        """Return the public names, loaded or not."""
        return sorted(__all__)
