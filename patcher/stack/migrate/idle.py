"""Scripts of the project that would migrate, if anything started them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from patcher.lang.shell import read_script
from patcher.patterns import regex
from patcher.stack.files import texts_in
from patcher.stack.migrate.frameworks import Framework
from patcher.stack.migrate.migrations import matches
from patcher.stack.stack import Stack
from patcher.stack.start.start import MAX_SCRIPT
from patcher.stack.start.wrappers import normalise, unwrap
from patcher.text import Source

_SCRIPT: Final = regex(r"(?s).*\.(sh|bash)")
_MAX_SCRIPTS: Final = 50


def idle_script(stack: Stack, folders: list[str | None], framework: Framework) -> Source | None:
    """Return the first shell script of `folders` and of the project's own that migrates.

    Paths are relative to the project; None among them is passed over. What a start runs is not
    asked for: a caller that found no live migration knows that nothing starts it.
    """
    for folder in dict.fromkeys([*folders, "."]):
        for source in _scripts(stack, folder) if folder is not None else ():
            commands = read_script(source.text).commands
            words = (normalise(unwrap(command.words).words) for command in commands)
            if any(matches(framework, one) for one in words):
                return source
    return None


def _scripts(stack: Stack, folder: str) -> Iterator[Source]:
    found = islice(texts_in(stack.files, folder, _SCRIPT), _MAX_SCRIPTS)
    return (source for source in found if len(source.text) <= MAX_SCRIPT)
