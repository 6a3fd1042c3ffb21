"""The file that holds the settings, and the line of each key in it.

Source: https://toml.io/en/v1.0.0; tomllib reads it, and says nothing of places but in errors.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Final

from patcher.errors import UserError
from patcher.patterns import regex
from patcher.records import dataclass
from patcher.stack.files import Files
from patcher.text import Source

NAME: Final = ".hanna-fix.toml"
PYPROJECT: Final = "pyproject.toml"
SECTION: Final = ("tool", "hanna-fix")
MAX_CHARACTERS: Final = 256 * 1024

Key = tuple[str, ...]
"""The names that lead to a key, such as `("resolver", "valid")`."""

# a statement over more lines than these is not looked into: each line costs a parse of all
_MAX_LINES: Final = 100
_PLACE: Final = regex(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


@dataclass(frozen=True)
class Table:
    """The settings as a file gives them: `data` is what stands under `section` of `source`."""

    source: Source
    section: Key
    data: dict[str, Any]

    @cached_property
    def _lines(self) -> dict[Key, int]:
        found: dict[Key, int] = {}
        for key, line in key_lines(self.source.text):
            found.setdefault(key, line)
        return found

    def line(self, key: Key) -> int | None:
        """Return the line, from 1, on which a key of the settings stands; None if not known."""
        return self._lines.get((*self.section, *key))


def read_table(files: Files) -> tuple[Table | None, tuple[str, ...]]:
    """Return the settings of `.hanna-fix.toml`, else those of pyproject.toml, and warnings.

    Raises UserError where the file cannot be read or is not valid TOML.
    """
    own, shared = _own(files), _shared(files)
    if own is None or shared is None:
        return own or shared, ()
    section = ".".join(SECTION)
    return own, (f"{NAME} and [{section}] in {PYPROJECT} both hold settings; using {NAME}",)


def _own(files: Files) -> Table | None:
    source = files.read(NAME)
    return None if source is None else Table(source, (), _parsed(source))


def _shared(files: Files) -> Table | None:
    source = files.read(PYPROJECT)
    # a file of other programs, broken or not, is no matter of ours
    if source is None or SECTION[-1] not in source.text:
        return None
    data: Any = _parsed(source)
    for name in SECTION:
        data = data.get(name) if isinstance(data, dict) else None
    if data is not None and not isinstance(data, dict):
        message = f"`{'.'.join(SECTION)}` must be a table"
        raise UserError(message, todo="see docs/configuration.md", path=PYPROJECT)
    return None if data is None else Table(source, SECTION, data)


def _parsed(source: Source) -> dict[str, Any]:
    import tomllib

    if len(source.text) > MAX_CHARACTERS:
        message = f"larger than {MAX_CHARACTERS >> 10} KiB"
        raise UserError(message, todo="shorten it", path=source.path)
    try:
        return tomllib.loads(source.text)
    except RecursionError:
        raise UserError("nested too deeply", todo="flatten it", path=source.path) from None
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(source, str(error)) from None
    except ValueError:  # Python's limit for the digits of a number
        raise UserError("a number is too long", todo="shorten it", path=source.path) from None


def _not_toml(source: Source, message: str) -> UserError:
    place = _PLACE.search(message)
    line: int | None = None
    column: int | None = None
    if place is not None:
        end = source.line_column(len(source.text))
        line, column = (int(place[1]), int(place[2])) if place[1] else end
    reason = _PLACE.sub("", message)
    todo = "correct the line and run again"
    path = source.path
    return UserError(f"not valid TOML: {reason}", todo=todo, path=path, line=line, column=column)


def key_lines(text: str) -> Iterator[tuple[Key, int]]:
    """Yield each key of a valid TOML text, with the line, from 1, on which its statement begins.

    Statements end with a line, so a statement is the fewest lines from its first that tomllib
    takes by themselves.
    """
    import tomllib

    header: Key = ()
    lines: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        lines.append(line)
        if len(lines) > _MAX_LINES:
            return
        try:
            data = tomllib.loads("\n".join([*lines, ""]))
        except ValueError:
            continue
        keys = list(_keys(data))
        if lines[0].lstrip().startswith("[") and keys:
            header = keys[-1]
            yield header, number
        else:
            yield from (((*header, *key), number - len(lines) + 1) for key in keys)
        lines.clear()


def _keys(data: object) -> Iterator[Key]:
    if isinstance(data, list):
        data = data[0] if data else None
    if isinstance(data, dict):
        for name, value in data.items():
            yield (name,)
            yield from ((name, *rest) for rest in _keys(value))
