"""Compose's short and long forms of one thing, read into one form.

Source: https://docs.docker.com/reference/compose-file/services/ (ports, volumes, environment) and
…/build/; what they leave open was tried with Compose 2.40.3.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any, Final

from patcher.patterns import regex
from patcher.stack.compose.values import Build, Mount, Value, is_reset, untagged
from patcher.stack.files import join

_RANGE: Final = regex(r"([0-9]{1,5})(?:-([0-9]{1,5}))?")
_DRIVE: Final = regex(r"[A-Za-z]:[\\/]")
_REMOTE: Final = regex(r"[a-z+-]+://|git@|github\.com/")


def named(value: Value) -> dict[str, Any]:
    """Return a list of names, or a mapping, as a mapping; a name alone has None for a value."""
    data = untagged(value.plain)
    if isinstance(data, list):
        return {value.text(name): None for name in data}
    return data if isinstance(data, dict) else {}


def items(value: Value) -> list[Any]:
    """Return the items of a list; none of what is no list."""
    data = untagged(value.plain)
    return data if isinstance(data, list) else []


def assignments(value: Value, data: Any) -> dict[str, str | None]:
    """Return `NAME: value` or `NAME=value` entries, interpolated.

    A name alone takes the variable's value; None where there is no such variable. Entries that
    are reset are left out.
    """
    data = untagged(data)
    pairs: list[tuple[str, str | None]] = []
    if isinstance(data, dict):
        kept = {name: one for name, one in data.items() if not is_reset(one)}
        pairs = [(name, None if one is None else value.text(one)) for name, one in kept.items()]
    elif isinstance(data, list):
        pairs = [_pair(value.text(item)) for item in data]
    return {name: value.variables.get(name) if text is None else text for name, text in pairs}


def _pair(item: str) -> tuple[str, str | None]:
    name, equals, text = item.partition("=")
    return name, text if equals else None


def ports(value: Value) -> Iterator[int]:
    """Yield the container's ports that the items of `ports:` or `expose:` name."""
    for item in items(value):
        text = value.text(item.get("target", "") if isinstance(item, dict) else item)
        match = _RANGE.fullmatch(text.rpartition(":")[2].partition("/")[0])
        if match is not None:
            yield from range(int(match[1]), int(match[2] or match[1]) + 1)


def mounts(value: Value) -> Iterator[tuple[str, Mount | None]]:
    """Yield what `volumes:` mounts by container path: a bind mount, or None for a volume."""
    for item in items(value):
        if isinstance(item, dict):
            is_bind = item.get("type") == "bind"
            source, target = value.text(item.get("source")), value.text(item.get("target"))
        else:
            source, target = _short_mount(value.text(item))
            is_bind = source.startswith((".", "/", "~")) or _DRIVE.match(source) is not None
        if target:
            target = posixpath.normpath(target)
            yield target, _bind(value, source, target) if is_bind else None


def _bind(value: Value, source: str, target: str) -> Mount:
    is_inside = _DRIVE.match(source) is None
    return Mount(join(value.base, source) if is_inside else None, target, value)


def _short_mount(text: str) -> tuple[str, str]:
    """Return source and target; a letter and a colon before a slash begin a path of Windows."""
    drive = text[:2] if _DRIVE.match(text) else ""
    source, colon, rest = text.removeprefix(drive).partition(":")
    source = drive + source
    return (source, rest.partition(":")[0]) if colon else ("", source)


def build(values: list[Value]) -> Build | None:
    """Return what the `build:` entries of a service, weakest first, come to."""
    if not values:
        return None
    context: str | None = values[0].base or "."
    found: dict[str, str] = {}
    args: dict[str, str | None] = {}
    for value in values:
        options = _build_options(value)
        texts = {key: value.text(one) for key, one in options.items() if _is_scalar(one)}
        if texts.get("context"):
            context = _context(value.base, texts["context"])
        found |= texts
        args |= assignments(value, options.get("args"))
    known = {name: one for name, one in args.items() if one is not None}
    return Build(context, _dockerfile(context, found), found.get("target") or None, known)


def _build_options(value: Value) -> dict[str, Any]:
    data = untagged(value.plain)
    return data if isinstance(data, dict) else {"context": data}


def _is_scalar(data: object) -> bool:
    return not isinstance(data, dict | list)


def _context(base: str, text: str) -> str | None:
    return None if _REMOTE.match(text) else join(base, text)


def _dockerfile(context: str | None, options: dict[str, str]) -> str | None:
    if options.get("dockerfile_inline") or context is None:
        return None
    return join(context, options.get("dockerfile") or "Dockerfile")
