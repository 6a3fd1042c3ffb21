"""The stack: all files of a project that matter, and the links between them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from patcher.errors import UserError
from patcher.lang.model import Model, PlainModel
from patcher.lang.yaml_nodes import Tree
from patcher.stack.discover import choose
from patcher.stack.files import Files, Patched
from patcher.stack.problem import Problems
from patcher.stack.project import Project, assemble
from patcher.stack.settings import Settings
from patcher.text import Source


@dataclass(frozen=True)
class Request:
    """What the user asked to look at.

    `compose` and `nginx` are paths given by name; `environ` holds COMPOSE_FILE and
    COMPOSE_PATH_SEPARATOR where they are set; `directory` names the project directory.
    """

    compose: tuple[str, ...] = ()
    nginx: tuple[str, ...] = ()
    environ: Mapping[str, str] | None = None
    directory: str = ""


@dataclass(frozen=True, eq=False)
class Stack:
    """A project as read, with what could not be read; never changed, only patched into another.

    `changed` holds the sources that differ from what the project's own files hold.
    """

    files: Files
    request: Request
    settings: Settings
    project: Project
    problems: tuple[UserError, ...]
    warnings: tuple[str, ...]
    changed: Mapping[str, Source]

    def patched(self, sources: Mapping[str, Source]) -> Stack:
        """Return the stack as it would be with other texts in some files."""
        changed = {**self.changed, **sources}
        base = self.files.base if isinstance(self.files, Patched) else self.files
        files = Patched(base, changed)
        return replace(load(files, self.request, self.settings), changed=changed)

    @cached_property
    def _yaml_trees(self) -> dict[str, Tree]:
        return {one.tree.source.path: one.tree for one in self.project.documents}

    def tree(self, path: str) -> Tree | None:
        """Return the parsed file, or None where it is no part of the stack."""
        return self._yaml_trees.get(path)

    def model(self, path: str) -> Model | None:
        """Return the model of a file that the intent gate compares, or None where it has none."""
        tree = self.tree(path)
        return None if tree is None else PlainModel(tree.model)

    @property
    def network_name(self) -> str | None:
        """The default network's name from the settings; None where {project} is not known."""
        name = self.settings.network
        if "{project}" not in name:
            return name
        project = self.project.name or _project_name(self.request.directory)
        return name.replace("{project}", project) if project else None


def _project_name(directory: str) -> str:
    """Return the project name that Compose makes from a directory's name."""
    return re.sub(r"[^a-z0-9_-]", "", directory.lower()).lstrip("_-")


def load(files: Files, request: Request, settings: Settings) -> Stack:
    """Read a project; what cannot be read is noted in `problems` and does not stop the rest.

    Raises UserError where no compose file is found.
    """
    problems = Problems()
    chosen = choose(files, request.compose, request.environ or {})
    project = assemble(files, chosen.paths, chosen.variables, problems)
    return Stack(files, request, settings, project, tuple(problems), chosen.warnings, {})
