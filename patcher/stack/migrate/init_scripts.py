"""Scripts of the project that an operator runs to migrate through Compose."""

from __future__ import annotations

from typing import Final

from patcher.patterns import regex
from patcher.stack.files import texts_in
from patcher.stack.stack import Stack
from patcher.text import Source

_FOLDERS: Final = (".", "scripts", "script", "bin", "deploy", "deployment", "ops", "tools")
_NAMES: Final = regex(r"(?i)[\w.-]+\.(sh|bash|mk)|(gnu)?makefile|justfile|taskfile\.ya?ml")
_COMPOSE: Final = regex(r"docker[ -]compose|\bcompose\b|\$\(?\{?(DC|COMPOSE)\b")
_MIGRATES: Final = regex(r"(?i)\bmigrat(e|ions?)\b|migrate:|alembic\s+upgrade|db:(prepare|push)")


def initialising_script(stack: Stack) -> Source | None:
    """Return a script or Makefile that calls Compose and migrates, None where there is none."""
    sources = (one for folder in _FOLDERS for one in texts_in(stack.files, folder, _NAMES))
    fit = (one for one in sources if _COMPOSE.search(one.text) and _MIGRATES.search(one.text))
    return next(fit, None)
