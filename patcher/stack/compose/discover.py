"""Which compose files a project consists of, chosen as `docker compose` chooses them.

Source: https://docs.docker.com/compose/intro/compose-application-model/#the-compose-file and
https://docs.docker.com/compose/how-tos/environment-variables/envvars/#compose_file
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Final

from patcher.errors import UserError
from patcher.records import dataclass
from patcher.stack.compose.dotenv import parse_env
from patcher.stack.files import Files, join

# in Compose's order of preference
NAMES: Final = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
OVERRIDES: Final = tuple(
    f"{stem}.override.{ending}"
    for stem in ("compose", "docker-compose")
    for ending in ("yml", "yaml")
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The compose files in merge order, the `.env` values, and what the user should know of it."""

    paths: tuple[str, ...]
    variables: Mapping[str, str]
    warnings: tuple[str, ...]


def choose(files: Files, given: tuple[str, ...], environ: Mapping[str, str]) -> Chosen:
    """Choose the compose files: those given, those of COMPOSE_FILE, or the default names.

    Of `environ` only COMPOSE_FILE and COMPOSE_PATH_SEPARATOR are used; they win over `.env`. The
    variables are those of the `.env` beside the first file; where COMPOSE_FILE names the files,
    those of the project directory's `.env` win over them.
    Raises UserError where there is none, saying where it looked, or where one lies outside.
    """
    variables = _env(files, ".env")
    if given:
        paths = _inside(given)
        return Chosen(paths, _env(files, _env_beside(paths)), ())
    settings = {**variables, **environ}
    if named := settings.get("COMPOSE_FILE"):
        separator = settings.get("COMPOSE_PATH_SEPARATOR") or ":"
        paths = _inside(tuple(name for name in named.split(separator) if name))
        return Chosen(paths, {**_env(files, _env_beside(paths)), **variables}, ())
    return _default(files, variables)


def is_project(files: Files, environ: Mapping[str, str]) -> bool:
    """Tell whether there are files to choose without any being given."""
    named = {**_env(files, ".env"), **environ}.get("COMPOSE_FILE")
    return bool(named) or not set(NAMES).isdisjoint(files.list_dir("."))


def _env(files: Files, path: str) -> dict[str, str]:
    source = files.read(path)
    return parse_env(source.text) if source else {}


def _env_beside(paths: tuple[str, ...]) -> str:
    return posixpath.join(posixpath.dirname(paths[0]), ".env") if paths else ".env"


def _inside(names: tuple[str, ...]) -> tuple[str, ...]:
    paths = []
    for name in names:
        path = join("", name)
        if path is None:
            todo = "run in, or give with -C, a directory that holds all compose files"
            raise UserError("lies outside of the project directory", todo=todo, path=name)
        paths.append(path)
    return tuple(paths)


def _default(files: Files, variables: Mapping[str, str]) -> Chosen:
    present = set(files.list_dir("."))
    found: list[str] = [name for name in NAMES if name in present]
    overrides = [name for name in OVERRIDES if name in present]
    if not found:
        todo = "give the project directory with -C or the file with -f"
        raise UserError(f"no compose file here: looked for {', '.join(NAMES)}", todo=todo)
    warnings = [_several(names) for names in (found, overrides) if len(names) > 1]
    return Chosen((found[0], *overrides[:1]), variables, tuple(warnings))


def _several(names: list[str]) -> str:
    return f"several compose files: {', '.join(names)}; using {names[0]}, as Compose does"
