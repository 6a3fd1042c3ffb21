"""A private copy of a project's compose files, and of nothing else of it.

Compose reads what `include`, `extends`, `env_file` and `label_file` name. The first two are part of
the stack and are copied; of the others only the names are, the files are empty. What lies outside
of the project directory is not read: a project that names such a file is not put to Compose.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from patcher.lang.yaml_nodes import Tree
from patcher.lang.yaml_scalars import Tagged
from patcher.stack.files import join
from patcher.stack.stack import Stack

_READ: Final = frozenset({"extends", "env_file", "label_file"})
_INSIDE: Final = frozenset({"path", "file", "env_file"})
_VARIABLE: Final = re.compile(r"\$\{?([A-Za-z_]\w*)")
_OWN: Final = ("COMPOSE_", "DOCKER_", "BUILDX_", "BUILDKIT_")
_PLAIN_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")
_ESCAPED: Final = str.maketrans({"\\": "\\\\", '"': '\\"', "$": "\\$", "\n": "\\n", "\r": "\\r"})


class CannotCopy(Exception):  # noqa: N818 - what came of it, not whose fault
    """A project cannot be put to Compose: the reason, for people."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A project's compose files in `folder`, and the arguments that make Compose read them."""

    folder: Path
    arguments: tuple[str, ...]


def copy(stack: Stack, folder: Path) -> Copy:
    """Write the compose files of a stack into the new directory `folder`.

    Raises CannotCopy where they name a file outside of the project directory.
    """
    folder.mkdir()
    bases = _bases(stack)
    named = [one for path, base in bases.items() for one in _files_named(stack, path, base)]
    for path in {path for kind, path in named if kind in ("env_file", "label_file")}:
        make_empty(folder, path)
    for path in bases:
        tree = stack.tree(path)
        if tree is not None:
            _write(folder, path, tree.source.encode())
    missing = [path for kind, path in named if kind in ("include", "extends") and path not in bases]
    if missing:
        raise CannotCopy(f"it names {missing[0]}, which is not in the project")
    own = dict.fromkeys(one.tree.source.path for one in stack.project.documents if not one.included)
    name = stack.project.name if _PLAIN_NAME.fullmatch(stack.project.name) else "project"
    files = (word for path in own for word in ("-f", path))
    return Copy(folder, (*files, "-p", name))


def _bases(stack: Stack) -> dict[str, str]:
    """Return every compose file of a stack with the directory that its paths start at."""
    bases: dict[str, str] = {}
    for service in stack.project.services.values():
        bases |= {part.tree.source.path: part.base for part in service.parts}
    return bases | {one.tree.source.path: one.base for one in stack.project.documents}


def _files_named(stack: Stack, path: str, base: str) -> Iterator[tuple[str, str]]:
    """Yield the files that a compose file names, with the kind of each, from the project directory.

    Raises CannotCopy for one outside.
    """
    tree = stack.tree(path)
    for kind, text in _named_in(tree) if isinstance(tree, Tree) else ():
        if "$" in text and kind in ("env_file", "label_file"):
            continue
        inside = join(base, text)
        if inside is None:
            raise CannotCopy(f"{path} names a file that is not looked at: `{kind}: {text}`")
        yield kind, inside


def _named_in(tree: Tree) -> Iterator[tuple[str, str]]:
    seen: set[tuple[int, str | None]] = set()
    model = tree.model
    for document in model if isinstance(model, list) else [model]:
        if isinstance(document, dict):
            yield from _named(document.get("include"), "include", seen)
        yield from _named(document, None, seen)


def _named(
    data: Any, kind: str | None, seen: set[tuple[int, str | None]]
) -> Iterator[tuple[str, str]]:
    """Yield every file name below the keys that make Compose read one, wherever they stand."""
    if isinstance(data, Tagged):
        data = data.value
    if isinstance(data, str) and kind is not None:
        yield kind, data
    elif isinstance(data, dict | list) and (id(data), kind) not in seen:
        seen.add((id(data), kind))  # aliases make one object stand in many places
        for key, value in data.items() if isinstance(data, dict) else ((None, one) for one in data):
            yield from _named(value, _kind(key, value, kind), seen)


def _kind(key: object, value: object, outer: str | None) -> str | None:
    if key is None:
        return outer
    if key in _READ:
        # `extends: name` names a service of the same file
        return None if key == "extends" and isinstance(value, str) else str(key)
    return outer if outer is not None and key in _INSIDE else None


def make_empty(folder: Path, path: str) -> None:
    """Create an empty file in a project's copy, unless there is one."""
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()


def _write(folder: Path, path: str, data: bytes) -> None:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)


def write_values(stack: Stack, file: Path, stand_ins: Mapping[str, str]) -> bool:
    """Write the variables that the compose files use as an env file; False where none is known.

    Names that steer Compose itself are left out, and so is what the files do not mention.
    """
    texts = (tree.source.text for path in _bases(stack) if (tree := stack.tree(path)))
    used = {name for text in texts for name in _VARIABLE.findall(text)}
    variables = {
        name: one for doc in stack.project.documents for name, one in doc.variables.items()
    }
    known = {
        name: value
        for name, value in variables.items()
        if name in used and not name.startswith(_OWN)
    }
    lines = (
        f'{name}="{one.translate(_ESCAPED)}"\n' for name, one in {**stand_ins, **known}.items()
    )
    file.write_text("".join(lines), encoding="utf-8")
    return bool(known)


def relative(folder: Path, path: str) -> str | None:
    """Return a path that Compose has resolved, from a project's copy; None where it is outside."""
    inside = posixpath.relpath(path, folder)
    return None if inside == ".." or inside.startswith("../") else inside
