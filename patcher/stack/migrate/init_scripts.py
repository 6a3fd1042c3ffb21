"""Scripts of the project that an operator runs to migrate through Compose."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from patcher.patterns import regex
from patcher.stack.files import texts_in
from patcher.stack.migrate.by_hand import Migrated
from patcher.stack.stack import Stack
from patcher.text import Source

_FOLDERS: Final = (".", "scripts", "script", "bin", "deploy", "deployment", "ops", "tools")
_NAMES: Final = regex(r"(?i)[\w.-]+\.(sh|bash|mk)|(gnu)?makefile|justfile|taskfile\.ya?ml")
_COMPOSE: Final = regex(r"docker[ -]compose|\bcompose\b|\$\(?\{?(DC|COMPOSE)\b")
_MIGRATES: Final = regex(r"(?i)\bmigrat(e|ions?)\b|migrate:|alembic\s+upgrade|db:(prepare|push)")


def initialising_script(stack: Stack, apps: Collection[Migrated]) -> Source | None:
    """Return a script or Makefile that calls Compose and migrates, None where there is none.

    A script migrates by the command of one of `apps`, or by one that is known to.
    """
    sources = (one for folder in _FOLDERS for one in texts_in(stack.files, folder, _NAMES))
    calling = (one for one in sources if _COMPOSE.search(one.text))
    return next((one for one in calling if _migrates(one.text, apps)), None)


def _migrates(text: str, apps: Collection[Migrated]) -> bool:
    own = (words for one in apps for words in (one.command, one.arguments))
    return bool(_MIGRATES.search(text)) or any(words in text for words in own)
