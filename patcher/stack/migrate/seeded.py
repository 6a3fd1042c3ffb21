"""Databases whose tables come from a dump or a script, so that they are not empty at first.

Source: https://hub.docker.com/_/postgres ("Initialization scripts"), the same in mysql and mariadb.
"""

from __future__ import annotations

import posixpath
import re
from typing import Final

from patcher.errors import UserError
from patcher.patterns import regex
from patcher.stack.facts import Facts

_FOLDER: Final = "/docker-entrypoint-initdb.d"
_TABLES: Final = regex(
    r"(?i)\bcreate\s+(unlogged\s+)?table\b|\bpg_restore\b|\.(sql|dump|gz)\b|^\s*\\i", re.MULTILINE
)


def makes_tables(facts: Facts) -> bool:
    """Tell whether a database's own start makes tables, or may: a script cannot be read."""
    for mount in facts.service.mounts:
        if f"{mount.target}/".startswith(f"{_FOLDER}/") and mount.source is None:
            return True
    return any(_makes_tables(facts, name) for name in facts.container.list_dir(_FOLDER))


def _makes_tables(facts: Facts, name: str) -> bool:
    try:
        source = facts.container.read(posixpath.join(_FOLDER, name))
    except UserError:  # a compressed dump
        return True
    return source is None or _TABLES.search(source.text) is not None
