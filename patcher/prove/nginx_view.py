"""What one nginx of a stack reads, by path in its container, as texts with the place of each."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from patcher.errors import UserError
from patcher.lang.nginx import parse
from patcher.lang.nginx_tree import Tree
from patcher.stack.facts import Facts
from patcher.stack.nginx.bundled import MAIN_FILES, http_includes, main_files
from patcher.stack.nginx.files import NginxFiles
from patcher.stack.nginx.scopes import Nginx
from patcher.stack.nginx.upstreams import group_names
from patcher.stack.nginx.written import written
from patcher.stack.problem import Problems
from patcher.stack.stack import Stack
from patcher.stack.start.container import project_as_root
from patcher.text import Source

# what envsubst replaces in a template; nginx's own variables are written in small letters
_VARIABLE: Final = re.compile(r"\$\{([A-Za-z_]\w*)\}|\$([A-Z][A-Z_0-9]*)\b")
_ANY_VALUE: Final = "127.0.0.1"


class CannotPlace(Exception):  # noqa: N818 - what came of it, not whose fault
    """A configuration cannot be put to nginx: the reason, for people."""


@dataclass(frozen=True, eq=False)
class View:
    """One nginx of a stack: the container paths it reads from, and what is known around them.

    `name` is its service, or the file given by name; `image` the image that its program comes from,
    empty where that is not known. `main` is the path of its main file, None where the image's own
    is read; that one includes `includes` in `http`. `groups` are the protocol and the name of each
    upstream group.
    """

    name: str
    image: str
    files: NginxFiles
    main: str | None
    includes: tuple[str, ...]
    groups: frozenset[tuple[str, str]] = frozenset()
    environment: Mapping[str, str | None] = field(default_factory=dict, repr=False)

    @property
    def folder(self) -> str:
        """The directory that relative paths start at."""
        return posixpath.dirname(self.main or MAIN_FILES[0])

    def source(self, path: str) -> Source | None:
        """Return what a container path holds as the project has it; None where it has nothing."""
        return self.files.read(path)

    def tree(self, path: str) -> Tree | None:
        """Return the parsed file that nginx sees at a container path, templates rendered.

        Line numbers are those of the project's file. Raises CannotPlace where it cannot be read.
        """
        source = self.source(path)
        if source is None:
            return None
        text = source.text
        if path in self.files.written.copies or path in self.files.written.texts:
            text = _rendered(text, self.environment)
        try:
            return parse(source.with_text(text))
        except UserError as error:
            raise CannotPlace(f"{error.path or path} cannot be read: {error.message}") from None


def _rendered(text: str, known: Mapping[str, str | None]) -> str:
    """Return a template as rendered; a variable that is not known gets an address."""
    return _VARIABLE.sub(lambda match: known.get(match[1] or match[2]) or _ANY_VALUE, text)


def views(stack: Stack) -> Iterator[View]:
    """Yield every nginx of a stack."""
    for nginx in stack.nginx:
        if nginx.service is not None:
            yield _of_service(nginx, stack.facts[nginx.service.name])
        else:
            yield from _named(nginx, stack)


def _of_service(nginx: Nginx, facts: Facts) -> View:
    volumes = facts.service.volume_targets
    files = NginxFiles(facts.container, Problems(), written(facts), volumes)
    main = next((one for one in main_files(facts.words) if files.read(one)), None)
    includes, groups = http_includes(facts), frozenset(group_names(nginx))
    name, image = facts.service.name, facts.base_image
    return View(name, image, files, main, includes, groups, facts.environment)


def _named(nginx: Nginx, stack: Stack) -> Iterator[View]:
    """Yield the view of a file given by name, which stands where the project has it."""
    groups = frozenset(group_names(nginx))
    for tree in list(nginx.trees())[:1]:
        files = NginxFiles(project_as_root(stack.files), Problems())
        path = f"/{tree.source.path}"
        is_main = tree.context == "main"
        main, includes = (path, ()) if is_main else (None, (path,))
        yield View(tree.source.path, "", files, main, includes, groups)
