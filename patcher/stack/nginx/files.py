"""The files that nginx sees in its container: its own, and those rendered when it starts.

Source: https://hub.docker.com/_/nginx, "Using environment variables in nginx configuration".
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from patcher.errors import LimitError
from patcher.stack.facts import Facts
from patcher.stack.problem import Problems
from patcher.stack.start.container import ContainerFiles
from patcher.text import Source

MAX_MATCHES: Final = 2000
"""The most paths that one pattern may match, at any of its parts."""

_MAX_TEMPLATE_DEPTH: Final = 3
_ENVSUBST: Final = re.compile(r"\benvsubst\b[^<>|;&]*<\s*(/[^\s;&|<>]+)\s*>\s*(/[^\s;&|<>]+)")


@dataclass(frozen=True)
class NginxFiles:
    """Read access by absolute container path; `rendered` maps paths to the templates behind."""

    files: ContainerFiles
    rendered: Mapping[str, str]
    problems: Problems

    def read(self, path: str) -> Source | None:
        """Return a file, or the template that it is rendered from; a problem gives None."""
        behind = self.rendered.get(path, path)
        return self.problems.attempt(lambda: self.files.read(behind))

    def is_outside(self, path: str) -> bool:
        """Tell whether what shows at `path` is mounted from outside of the project."""
        return self.files.is_outside(path)

    def has_names(self, folder: str) -> bool:
        """Tell whether the project holds something in a container directory."""
        return bool(self._names(folder))

    def matches(self, pattern: str) -> list[str]:
        """Return the paths that an absolute pattern matches, sorted as glob(3) does.

        A pattern without wildcards is returned itself, whether the file exists or not.
        """
        found = ["/"]
        for part in pattern.strip("/").split("/"):
            if any(char in part for char in "*?["):
                found = [posixpath.join(at, name) for at in found for name in self._like(at, part)]
            else:
                found = [posixpath.join(at, part) for at in found]
            if len(found) > MAX_MATCHES:
                message = f"`include {pattern}` looks at more than {MAX_MATCHES:,} paths"
                raise LimitError(message, todo="use a narrower pattern")
        return found

    def _like(self, folder: str, part: str) -> Iterator[str]:
        for name in self._names(folder):
            if fnmatchcase(name, part) and (part.startswith(".") or not name.startswith(".")):
                yield name

    def _names(self, folder: str) -> list[str]:
        names = self.problems.attempt(lambda: self.files.list_dir(folder)) or ()
        new = (posixpath.basename(one) for one in self.rendered if posixpath.dirname(one) == folder)
        return sorted({*names, *new})


def rendered(facts: Facts) -> dict[str, str]:
    """Return the container paths that are written at start, each with its template's path.

    Written by the official image's entrypoint, or by an `envsubst < TEMPLATE > FILE` of the
    command.
    """
    found = {}
    settings = facts.environment
    suffix = settings.get("NGINX_ENVSUBST_TEMPLATE_SUFFIX") or ".template"
    source = settings.get("NGINX_ENVSUBST_TEMPLATE_DIR") or "/etc/nginx/templates"
    output = settings.get("NGINX_ENVSUBST_OUTPUT_DIR") or "/etc/nginx/conf.d"
    for path in _below(facts, source, _MAX_TEMPLATE_DEPTH):
        if path.endswith(suffix):
            found[posixpath.join(output, path.removesuffix(suffix))] = posixpath.join(source, path)
    for word in facts.words:
        found |= {match[2]: match[1] for match in _ENVSUBST.finditer(word)}
    return found


def _below(facts: Facts, folder: str, depth: int) -> Iterator[str]:
    names = facts.problems.attempt(lambda: facts.container.list_dir(folder)) or ()
    for name in names:
        yield name
        if depth > 1:
            below = _below(facts, posixpath.join(folder, name), depth - 1)
            yield from (posixpath.join(name, one) for one in below)
