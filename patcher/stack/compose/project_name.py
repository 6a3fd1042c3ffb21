"""The name of a Compose project, which `${COMPOSE_PROJECT_NAME}` stands for.

Source: https://docs.docker.com/compose/how-tos/project-name/
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Final

from patcher.errors import UserError
from patcher.lang.yaml import parse
from patcher.lang.yaml_nodes import Scalar, target
from patcher.stack.compose.interpolate import interpolate
from patcher.stack.compose.values import mapping_of
from patcher.stack.files import Files

VARIABLE: Final = "COMPOSE_PROJECT_NAME"


def project_name(
    files: Files, paths: tuple[str, ...], variables: Mapping[str, str], directory: str
) -> str:
    """Return the name that `.env` sets, or the last of the compose files, or their directory.

    `directory` names the project directory. Empty where none of these gives a name.
    """
    if variables.get(VARIABLE):
        return variables[VARIABLE]
    written = [found for path in paths for found in _written(files, path)]
    if written:
        return interpolate(written[-1], variables)
    base = posixpath.dirname(paths[0]) if paths else ""
    return _normal(posixpath.basename(base) or directory)


def _written(files: Files, path: str) -> list[str]:
    try:
        source = files.read(path)
        documents = parse(source).documents if source is not None else ()
    except UserError:
        return []  # the reader of the documents notes it
    entries = [
        mapping.resolved["name"].value
        for node in documents
        if (mapping := mapping_of(node)) is not None and "name" in mapping.resolved
    ]
    return [node.value for one in entries if isinstance(node := target(one), Scalar) and node.value]


def _normal(directory: str) -> str:
    """Return the project name that Compose makes from a directory's name."""
    return re.sub(r"[^a-z0-9_-]", "", directory.lower()).lstrip("_-")
