"""Scripts of the project that an operator runs to migrate through Compose."""

from __future__ import annotations

import posixpath
import re
from typing import Final

from patcher.errors import UserError
from patcher.stack.stack import Stack
from patcher.text import Source

_FOLDERS: Final = (".", "scripts", "script", "bin", "deploy", "deployment", "ops", "tools")
_NAMES: Final = re.compile(r"(?i)[\w.-]+\.(sh|bash|mk)|(gnu)?makefile|justfile|taskfile\.ya?ml")
_COMPOSE: Final = re.compile(r"docker[ -]compose|\bcompose\b|\$\(?\{?(DC|COMPOSE)\b")
_MIGRATES: Final = re.compile(
    r"(?i)\bmigrat(e|ions?)\b|migrate:|alembic\s+upgrade|db:(prepare|push)"
)


def initialising_script(stack: Stack) -> Source | None:
    """Return a script or Makefile that calls Compose and migrates, None where there is none."""
    for folder in _FOLDERS:
        for name in stack.files.list_dir(folder):
            source = _read(stack, folder, name) if _NAMES.fullmatch(name) else None
            if source and _COMPOSE.search(source.text) and _MIGRATES.search(source.text):
                return source
    return None


def _read(stack: Stack, folder: str, name: str) -> Source | None:
    try:
        return stack.files.read(posixpath.normpath(posixpath.join(folder, name)))
    except UserError:  # what is no text is no script
        return None
