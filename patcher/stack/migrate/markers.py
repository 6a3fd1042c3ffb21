"""Markers of a framework: small tests on the files and commands of a start.

`path` is there (a `*` may stand in its last part) · `path/` is a directory with something in it ·
`path~word` is a file that names the word · `pip:name`, `npm:name` is a dependency ·
`start:pattern` fits a live command, program first · `!marker` does not hold. Paths are relative to
the working directory; what the repository does not know does not hold.
"""

from __future__ import annotations

import posixpath
import re
from fnmatch import fnmatchcase
from typing import Final

from patcher.stack.start.npm import read_package
from patcher.stack.start.start import Start, Step, read_file
from patcher.stack.start.wrappers import normalise

_REQUIREMENTS: Final = (
    "requirements*.txt",
    "requirements/*.txt",
    "pyproject.toml",
    "Pipfile",
    "setup.py",
    "setup.cfg",
)


def holds(marker: str, start: Start, steps: tuple[Step, ...], folder: str) -> bool:
    """Tell whether `marker` holds in the absolute container directory `folder`."""
    if marker.startswith("!"):
        return not holds(marker[1:], start, steps, folder)
    kind, _, value = marker.partition(":")
    if kind == "start":
        return any(re.search(value, " ".join(normalise(step.words))) for step in steps if step.live)
    if kind == "pip":
        return requires(start, folder, value)
    if kind == "npm":
        package = read_package(folder, lambda path: read_file(start, path))
        return package is not None and value in package.dependencies | package.dev_dependencies
    path, _, word = marker.partition("~")
    if word:
        source = read_file(start, posixpath.join(folder, path))
        return source is not None and word in source.text.lower()
    if path.endswith("/"):
        return bool(start.files.list_dir(posixpath.join(folder, path.rstrip("/"))))
    return bool(matching(start, folder, path))


def matching(start: Start, folder: str, pattern: str) -> list[str]:
    """Return the absolute container paths that fit `pattern`, relative to `folder`."""
    above, _, name = pattern.rpartition("/")
    parent = posixpath.join(folder, above) if above else folder
    return [
        posixpath.join(parent, entry)
        for entry in start.files.list_dir(parent)
        if fnmatchcase(entry, name)
    ]


def requires(start: Start, folder: str, name: str) -> bool:
    """Tell whether a requirements file in `folder` names the Python distribution `name`."""
    spelled = re.escape(name).replace(r"\-", "[-_.]")
    pattern = re.compile(rf"(?i)(?<![\w.-]){spelled}(?![\w.-]*\w)")
    paths = [path for glob in _REQUIREMENTS for path in matching(start, folder, glob)]
    sources = [read_file(start, path) for path in paths]
    return any(source is not None and pattern.search(source.text) for source in sources)
