"""Where a command listens, as far as its words tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from patcher.lang.shell import read_script
from patcher.patterns import regex
from patcher.records import dataclass
from patcher.stack.image.server_table import GENERIC, SERVERS, Server
from patcher.stack.start.commands import is_worker
from patcher.stack.start.wrappers import SHELLS, basename, normalise, shell_text, unwrap

_MAX_NESTING: Final = 4
_EXPANSION: Final = regex(r"\$(?:\{(\w+)(?::?-([^}$]*))?\}|(\w+))")
_PORT: Final = regex(r"[0-9]{1,5}")
_ADDRESS: Final = regex(r"(?:\w+://)?(?:(?P<host>\[[^\]]*\]|[^:]*):)?(?P<port>[^:/]*)/?")
_HOST_ONLY: Final = regex(r"[\d.]+\.[\d.]+|localhost|\[[^\]]*\]")
_IDLE: Final = frozenset(["sleep", "tail", "true", "cat", "cron", "crond", "supercronic"])
_TOOLS: Final = frozenset(
    re.findall(
        r"\S+",
        "chown chmod mkdir cp mv rm touch rsync echo curl wget psql pg_dump pg_restore mysql "
        "mysqldump mongoimport mongorestore redis-cli mc aws certbot alembic pytest composer pip",
    )
)
_TOOL_WORDS: Final = frozenset(
    re.findall(
        r"\w+",
        "migrate migrates migration migrations upgrade seed seeds collectstatic build lint test "
        "tests install ci setup backup restore",
    )
)
_SERVER_WORDS: Final = frozenset(["start", "serve", "server", "dev", "watch", "preview", "web"])
_JOB_WORDS: Final = frozenset(
    re.findall(
        r"\w+",
        "worker workers queue queues celery beat scheduler cron crond consumer consumers sidekiq "
        "horizon job jobs rq",
    )
)


@dataclass(frozen=True, slots=True)
class Listener:
    """A server among the commands. `port` is None where the words do not tell it.

    `readable` is False where they tell one that depends on an unknown value. `host` is the address
    as written, None where the program's default counts.
    """

    program: str
    port: int | None
    host: str | None
    readable: bool = True


Variables = Mapping[str, str | None]


def simple_commands(words: tuple[str, ...], depth: int = 0) -> list[tuple[str, ...]]:
    """Return the simple commands that container words run, `sh -c` texts opened."""
    own = unwrap(words).words
    index = shell_text(own)
    if index is not None:
        text = own[index]
    elif len(own) == 1 and len(own[0].split()) > 1:
        text = own[0]
    elif _is_script(own) and len(own) > 1 and depth < _MAX_NESTING:
        inner = simple_commands(own[1:], depth + 1)
        return inner if inner != [own[1:]] else [own]
    else:
        return [own] if own else []
    if depth >= _MAX_NESTING:
        return []
    commands = read_script(text.replace("$$", "$")).commands
    return [inner for one in commands for inner in simple_commands(one.words, depth + 1)]


def _is_script(words: tuple[str, ...]) -> bool:
    name = basename(words)
    return name in SHELLS or name.endswith(".sh") or "entrypoint" in name


def programs(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the program of a command and those that scripts before it may hand over to."""
    own = unwrap(words).words
    while own:
        yield normalise(own)
        own = unwrap(own[1:]).words if _is_script(own) else ()


def listeners(command: tuple[str, ...], variables: Variables) -> tuple[Listener, ...]:
    """Return the servers in a command; for one of an unknown program the port it is told."""
    commands = simple_commands(command)
    known = [
        _read(server, words, variables)
        for one in commands
        for words in programs(one)
        for server in SERVERS.get(words[0], ())
        if not server.verbs or server.verbs & set(words[1:])
    ]
    if known or not commands:
        return tuple(known)
    generic = _read(GENERIC, commands[-1], variables)
    return (generic,) if generic.port or not generic.readable else ()


def runs_jobs(command: tuple[str, ...]) -> bool:
    """Tell whether the last command, known to be no server, works on jobs, ends or is idle."""
    for words in simple_commands(command)[-1:]:
        own = unwrap(words).words
        plain = normalise(own)
        if is_worker(words) or plain[0] in _IDLE | {"manage.py"}:
            return True
        if basename(own) in SHELLS and len(own) == 1:  # an interactive shell
            return True
        names = [word.rpartition("/")[2].lower() for word in own if not word.startswith("-")]
        parts = {part for name in names for part in re.split(r"[^a-z]+", name)}
        ends = plain[0] in _TOOLS or bool(_TOOL_WORDS & parts and not _SERVER_WORDS & parts)
        return ends or bool(_JOB_WORDS & parts)
    return False


def port_of(text: str) -> int | None:
    """Return a port number written in digits, None for anything else."""
    return int(text) if _PORT.fullmatch(text) and 0 < int(text) < 65536 else None


def _read(server: Server, words: tuple[str, ...], variables: Variables) -> Listener:
    values = [_expand(one, variables) for one in _values(words, server.binds)]
    found = [
        _address(value) for value in values if "unix:" not in value and not value.startswith("/")
    ]
    if server.positional:
        found += [_address(word) for word in words[1:] if re.fullmatch(r"(\S+:)?\d+", word)]
    host = next((_expand(one, variables) for one in _values(words, server.hosts)), None)
    found += [(host, _expand(one, variables)) for one in _values(words, server.ports)]
    if found:
        place, port = found[0]
        told = port_of(port) if port else server.default
        return Listener(words[0], told, place, readable=len(found) == 1 and told is not None)
    return _by_default(server, words, host, variables)


def _by_default(
    server: Server, words: tuple[str, ...], host: str | None, variables: Variables
) -> Listener:
    if _values(words, server.elsewhere) or _values(words, server.binds):
        return Listener(words[0], None, host)
    if server.variable in variables:
        port = port_of(variables[server.variable] or "")
        return Listener(words[0], port, host, readable=port is not None)
    return Listener(words[0], server.default, host)


def _values(words: tuple[str, ...], options: frozenset[str]) -> list[str]:
    """Return the values of options: `--port 1`, `--port=1`, `-p 1` and `-p1`."""
    found = []
    for index, word in enumerate(words[1:], 1):
        name, equals, value = word.partition("=")
        if word in options:
            value = words[index + 1] if index + 1 < len(words) else ""
            found.append("" if value.startswith("-") else value)
        elif equals and name in options:
            found.append(value)
        elif word[:2] in options and word[:2] != "--":
            found.append(word[2:])
    return found


def _expand(text: str, variables: Variables) -> str:
    """Put known variables in; what is not known stays as written."""

    def value(match: re.Match[str]) -> str:
        name = match[1] or match[3]
        known = variables.get(name) or (None if name in variables else match[2])
        return match[0] if known is None else known

    return _EXPANSION.sub(value, text)


def _address(text: str) -> tuple[str | None, str]:
    """Return host and port of `host:port`, `:port`, `port` or `scheme://host:port`."""
    if _HOST_ONLY.fullmatch(text):
        return text, ""
    match = _ADDRESS.fullmatch(text)
    return (match["host"], match["port"]) if match else (None, text)
