"""The project directories below a directory, for `--recursive`."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

from patcher.stack.compose.discover import NAMES
from patcher.stack.files import Files
from patcher.stack.problem import Problems

# packages that others wrote: their compose files are examples, not stacks
_NOT_OURS: Final = frozenset({"node_modules", "vendor"})
_MAX_DEPTH: Final = 40


def projects(files: Files, problems: Problems, folder: str = "") -> Iterator[str]:
    """Yield every directory that holds a compose file under a default name, parents first.

    Hidden directories, `node_modules`, `vendor` and symbolic links are not entered. What may not
    be read is noted in `problems`.
    """
    present = problems.attempt(lambda: files.list_dir(folder or ".")) or ()
    if not set(NAMES).isdisjoint(present):
        yield folder
    if folder.count("/") >= _MAX_DEPTH:
        return
    for name in problems.attempt(lambda: files.subfolders(folder or ".")) or ():
        if not name.startswith(".") and name not in _NOT_OURS:
            yield from projects(files, problems, posixpath.join(folder, name))
