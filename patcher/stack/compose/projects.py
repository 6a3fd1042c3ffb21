"""The project directories below a directory, for `--recursive`."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

from patcher.stack.compose.discover import NAMES
from patcher.stack.files import Files
from patcher.stack.gitignore import NOTHING_IGNORED, Ignores
from patcher.stack.problem import Problems

# packages that others wrote: their compose files are examples, not stacks
_NOT_OURS: Final = frozenset({"node_modules", "vendor"})
_MAX_DEPTH: Final = 40


def projects(
    files: Files, problems: Problems, ignores: Ignores = NOTHING_IGNORED, folder: str = ""
) -> Iterator[str]:
    """Yield every directory that holds a compose file under a default name, parents first.

    Hidden directories, `node_modules`, `vendor`, symbolic links and what `.gitignore` files ignore
    are not entered; `ignores` are those of the directories above. What may not be read is noted in
    `problems`.
    """
    here = ignores.entering(files, folder)
    present = problems.attempt(lambda: files.list_dir(folder or ".")) or ()
    found = (posixpath.join(folder, name) for name in NAMES if name in present)
    if not all(here.ignore(path, directory=False) for path in found):
        yield folder
    if folder.count("/") >= _MAX_DEPTH:
        return
    for name in problems.attempt(lambda: files.subfolders(folder or ".")) or ():
        path = posixpath.join(folder, name)
        own = not name.startswith(".") and name not in _NOT_OURS
        if own and not here.ignore(path, directory=True):
            yield from projects(files, problems, here, path)
