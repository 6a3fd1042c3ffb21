"""package.json: its scripts as npm, yarn, pnpm and bun run them, and its dependencies."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Callable
from typing import Any, Final

from patcher.records import dataclass
from patcher.text import Source, Span

_FOLDER_OPTIONS: Final = frozenset(["--prefix", "--cwd", "--dir", "-C"])
_VALUED: Final = frozenset(["-w", "--workspace", "--filter", "-F", "--loglevel"])
_SHORT: Final = frozenset(["start", "test", "stop", "restart"])
_BUILT_IN: Final = frozenset(
    ["install", "i", "ci", "add", "remove", "build", "cache", "config", "init", "audit", "exec"]
)

Read = Callable[[str], Source | None]


@dataclass(frozen=True, slots=True)
class Package:
    """A package.json. `scripts` are shell texts; dependencies are names."""

    source: Source
    scripts: dict[str, str]
    dependencies: frozenset[str]
    dev_dependencies: frozenset[str]


@dataclass(frozen=True, slots=True)
class ScriptCall:
    """One script that a package manager runs; `span` is its place in the package.json."""

    name: str
    text: str
    source: Source
    span: Span
    workdir: str


def read_package(folder: str, read: Read) -> Package | None:
    """Return the package.json of an absolute container folder; None where it cannot be read."""
    source = read(posixpath.join(folder, "package.json"))
    if source is None:
        return None
    try:
        data = json.loads(source.text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    scripts = {name: text for name, text in _table(data, "scripts").items() if _is_text(text)}
    return Package(
        source,
        scripts,
        frozenset(_table(data, "dependencies")),
        frozenset(_table(data, "devDependencies")),
    )


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _table(data: dict[str, Any], key: str) -> dict[str, Any]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def script_calls(words: tuple[str, ...], workdir: str, read: Read) -> list[ScriptCall] | None:
    """Return the scripts that `npm run x` and the like run, `pre` and `post` included.

    Empty where the words run no script; None where the package.json or the script is not known.
    """
    folder, names = _arguments(words, workdir)
    named = bool(names) and names[0] in ("run", "run-script")
    name = names[1] if named and len(names) > 1 else names[0] if names and not named else ""
    if not name or (name in _BUILT_IN and not named):
        return []
    package = read_package(folder, read)
    if package is None:
        return None
    if name not in package.scripts:
        return [] if name in _SHORT or not named else None
    return [
        _call(package, key, folder)
        for key in (f"pre{name}", name, f"post{name}")
        if key in package.scripts
    ]


def _arguments(words: tuple[str, ...], workdir: str) -> tuple[str, list[str]]:
    """Return the package's folder and the words that are no options, up to `--`."""
    folder, names, index = workdir, [], 1
    while index < len(words) and words[index] != "--":
        option, _, value = words[index].partition("=")
        if option in _FOLDER_OPTIONS and (value or index + 1 < len(words)):
            index += 0 if value else 1
            folder = posixpath.normpath(posixpath.join(workdir, value or words[index]))
        elif option in _VALUED and not value:
            index += 1
        elif not option.startswith("-"):
            names.append(words[index])
        index += 1
    return folder, names


def _call(package: Package, name: str, folder: str) -> ScriptCall:
    text = package.scripts[name]
    key = package.source.text.find(json.dumps(name))
    start = package.source.text.find(json.dumps(text), max(key, 0) + 1)
    end = start + len(json.dumps(text)) if start >= 0 else 0
    return ScriptCall(name, text, package.source, Span(max(start, 0), end), folder)
