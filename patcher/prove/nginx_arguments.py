"""The arguments of nginx's directives as a private copy has them."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from patcher.prove.nginx_hosts import (
    LOOPBACK,
    Substitutes,
    is_address,
    listening,
    passed,
    resolvers,
)
from patcher.prove.nginx_view import CannotPlace, View
from patcher.prove.nginx_words import CERTIFICATES, FOLDERS, KEYS, LOGS, PASSES, PATHS

Context = tuple[str, ...]
"""The names of the blocks around a directive, from the main context inwards."""

LOG: Final = "log"
"""The directory of all logs, below the root."""

_PLAIN: Final = re.compile(r"[\w./:@%+,=~*?\[\]-]+", re.ASCII)


@dataclass
class Formats:
    """The log formats that a configuration uses, and those that it defines."""

    used: set[str] = field(default_factory=set)
    defined: set[str] = field(default_factory=set)


@dataclass
class Arguments:
    """Replaces the arguments of one configuration, whose copies lie below `root`.

    `certificate` and `key` are the files that stand in for all others of their kind. `folders` are
    directories that nginx expects to be there.
    """

    view: View
    root: Path
    subs: Substitutes
    certificate: Path
    key: Path
    folders: set[Path] = field(default_factory=set)
    formats: Formats = field(default_factory=Formats)
    needs_certificate: bool = False

    def replaced(self, name: str, words: list[str], context: Context) -> list[str]:
        """Return the arguments of a directive as its copy has them.

        Raises CannotPlace where it names a host that cannot be replaced.
        """
        if not words:
            return words
        first, *rest = words
        if name in CERTIFICATES or name in KEYS:
            self.needs_certificate = True
            return [str(self.certificate if name in CERTIFICATES else self.key)]
        if name in LOGS:
            self.formats.used |= set(rest[:1]) if name == "access_log" else set()
            return words if first == "off" else [f"{self.root}/{LOG}/{LOGS[name]}", *rest]
        if name == "log_format":
            self.formats.defined.add(first)
        if name in PATHS:
            path = self._path(first)
            self.folders |= {Path(path).parent} if name in FOLDERS else set()
            return [path, *rest]
        return self._hosts(name, words, context)

    def _path(self, word: str) -> str:
        if word in ("on", "off"):
            return word
        folder = "/" if word.startswith("$") else self.view.folder
        return f"{self.root}{posixpath.normpath(posixpath.join(folder, word))}"

    def _hosts(self, name: str, words: list[str], context: Context) -> list[str]:
        first, *rest = words
        if name == "listen":
            return listening(words, self.subs)
        if name == "resolver":
            return resolvers(words, self.subs)
        if name == "set_real_ip_from" and not first.startswith("unix:"):
            return [first if is_address(first) else LOOPBACK, *rest]
        is_server = name == "server" and context[-1:] == ("upstream",) and "resolve" not in rest
        if not (is_server or name in PASSES):
            return words
        is_group = partial(self._is_group, context) if name in PASSES else _never
        found = passed(first, is_group, self.subs.host)
        if found is None or (is_server and "$" in found):
            raise CannotPlace(f"`{name} {first}` names no host that could be replaced")
        return [found, *rest]

    def _is_group(self, context: Context, host: str) -> bool:
        return (context[0] if context else "", host) in self.view.groups


def _never(_host: str) -> bool:
    return False


def quoted(text: str) -> str:
    """Return a word as nginx reads it, in quotes where it needs them."""
    if _PLAIN.fullmatch(text):
        return text
    return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'
