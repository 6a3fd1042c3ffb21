"""The options a server is started with, and its settings file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from patcher.patterns import regex
from patcher.stack.image.listening import port_of, simple_commands
from patcher.stack.image.probes import ImageFacts, NoProbe
from patcher.stack.start.wrappers import basename, unwrap

_SECTION: Final = regex(r"\[(\w+)")
_NAME: Final = regex(r"[A-Za-z][\w.-]*")
_SHORT: Final = regex(r"-([A-Za-z])(\d+)")
OPEN: Final = frozenset(["*", "0.0.0.0", "127.0.0.1", "localhost", "all"])  # noqa: S104 - compared, not bound
_TOOL: Final = NoProbe(
    "its command does not start the image's own server in a way that is known",
    "add a health check for what the command starts",
)
_FILE: Final = NoProbe(
    "its settings are in a file that is not in the project",
    "add a health check that asks the port set there",
)
_PORT: Final = NoProbe(
    "its port is switched off or set to something that is not known here",
    "add a health check that asks the port it listens on",
)
_ADDRESS: Final = NoProbe(
    "it does not listen on 127.0.0.1", "add a health check that asks the address it listens on"
)


def server_words(facts: ImageFacts, *names: str) -> tuple[str, ...] | None:
    """Return what the server, one of `names`, is started with; None where it is something else.

    Empty for the image's own command. An entrypoint script may stand before the server's name.
    """
    if not facts.command:
        return ()
    for command in simple_commands(facts.command):
        words = unwrap(command).words
        if basename(words).endswith("entrypoint.sh"):
            words = words[1:]
        elif len(words) > 1 and words[0].endswith(".sh"):
            words = words[1:] if basename(words[1:]) in names else words
        if not words or words[0].startswith("-") or words[0].endswith(".conf"):
            return words
        if basename(words) in names:
            return words[1:]
    return None


def options(words: Iterable[str]) -> dict[str, str]:
    """Return long options (`--a b`, `--a=b`), `-c a=b` and short ones; the last of a name wins.

    Names are written with underscores and without their hyphens. Values reach up to the next
    option, joined by spaces.
    """
    found: dict[str, str] = {}
    name = ""
    for word in words:
        short = _SHORT.fullmatch(word)
        if short:
            found[short[1]], name = short[2], ""
        elif word.startswith("-") and not word.lstrip("-")[:1].isdigit():
            name, equals, value = word.lstrip("-").partition("=")
            name = name.replace("-", "_")
            found[name] = value
            name = "" if equals else name
        elif name == "c" and "=" in word:
            key, _, value = word.partition("=")
            found[key.replace("-", "_")] = value
            name = ""
        elif name:
            found[name] = f"{found[name]} {word}".strip()
    return found


def settings(text: str | None, *sections: str) -> dict[str, str]:
    """Return `name value`, `name = value` and `name: value` lines, of the `sections` if named."""
    found: dict[str, str] = {}
    inside = not sections
    for line in (one.strip() for one in (text or "").split("\n")):
        section = _SECTION.match(line)
        name = _NAME.match(line)
        if section:
            inside = not sections or section[1] in sections
        elif inside and name:
            value = line[name.end() :].lstrip(" \t=:").partition("#")[0].strip()
            found[name[0].replace("-", "_").lower()] = value.strip("'\"")
    return found


def local_port(
    default: int, ports: Iterable[str | None], addresses: Iterable[str | None]
) -> int | NoProbe:
    """Return the port to ask on 127.0.0.1.

    `ports` and `addresses` are what settings say, the stronger first, None where they say nothing.
    Several addresses are separated by commas or white space.
    """
    told = next((value for value in addresses if value is not None), None)
    if told is not None and not OPEN & set(re.split(r"[\s,]+", told.replace(" -", " "))):
        return _ADDRESS
    said = next((value for value in ports if value is not None), None)
    return default if said is None else port_of(said.strip("'\"")) or _PORT


def unread_file(facts: ImageFacts, named: bool, includes: bool = False) -> NoProbe | None:
    """Return the refusal where settings are in a file that is not known.

    `named`: the command names a settings file; `includes`: that file reads others.
    """
    return _FILE if includes or (named and facts.config_text is None) else None


def other_command() -> NoProbe:
    """Return the refusal for a database image whose command runs something else."""
    return _TOOL
