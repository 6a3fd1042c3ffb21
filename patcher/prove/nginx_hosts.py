"""Hosts and sockets in nginx's arguments, replaced: a test may look no name up and open no port."""

from __future__ import annotations

import ipaddress
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

SOCKETS: Final = "sockets"
LOOPBACK: Final = "127.0.0.1"

_AUTHORITY: Final = re.compile(
    r"(?P<scheme>(?:\w+://)?)(?P<host>\[[0-9a-fA-F:.]+\]|[^\s:/?$\[\]]+)(?P<port>(?::\d+)?)"
    r"(?!://)(?P<rest>(?:[:/?][\s\S]*)?)"
)
_WITH_PORT: Final = re.compile(r"([^:]*|\[[^\]]*\]):(\d+)")
# whatever else has a `=` is a name to nginx, and looked up
_RESOLVER_OPTIONS: Final = ("valid=", "ipv4=", "ipv6=", "status_zone=")
_UNIX: Final = re.compile(r"unix:(/[^\s:;\"']*)")
# options of `listen` that sockets in the file system do not have, or that nobody needs on loopback
_OF_PORTS: Final = (
    "accept_filter=",
    "bind",
    "deferred",
    "fastopen=",
    "ipv6only=",
    "multipath",
    "reuseport",
    "setfib=",
    "so_keepalive=",
)


@dataclass(frozen=True, slots=True)
class Substitutes:
    """What stands in for the network.

    `listen` maps an address to listen on, normalized (`*:80`, `[::]:443`, `127.0.0.1:80`,
    `unix:/run/x.sock`, and "default" for a server without `listen`), to another one, a different
    one for each. `host` maps a host that is looked up at start, with its port (None: no port is
    given) to an address, with a port if it is to change. `resolver` maps a server of the `resolver`
    directive, as written, to another one.
    """

    listen: Callable[[str], str]
    host: Callable[[str, int | None], str]
    resolver: Callable[[str], str]


def for_test() -> Substitutes:
    """Return what `nginx -t` needs: sockets in place of ports, loopback for names.

    The sockets lie in the directory SOCKETS beside the one that nginx is started in.
    """
    known: dict[str, str] = {}

    def listen(address: str) -> str:
        return known.setdefault(address, f"unix:../{SOCKETS}/{len(known)}")

    return Substitutes(listen, _loopback, lambda one: one)


def _loopback(host: str, _port: int | None) -> str:
    return host if is_address(host) else LOOPBACK


def is_address(host: str) -> bool:
    """Tell whether a host, or a network, is given by numbers, so that nobody has to look it up."""
    try:
        ipaddress.ip_network(host.strip("[]"), strict=False)
    except ValueError:
        return False
    return True


def passed(
    word: str, is_group: Callable[[str], bool], host: Callable[[str, int | None], str]
) -> str | None:
    """Return an argument with its host replaced; None where it cannot be told what the host is.

    Groups stay, and so do words with a variable: their host is looked up at run time.
    """
    if "$" in word or word.startswith("unix:") or "://unix:" in word:
        return word
    match = _AUTHORITY.fullmatch(word)
    if match is None:
        return None
    if is_group(match["host"].lower()):
        return word
    port = int(match["port"][1:]) if match["port"] else None
    found = host(match["host"], port)
    has_port = ":" in found.rpartition("]")[2]
    return f"{match['scheme']}{found}{'' if has_port else match['port']}{match['rest']}"


def resolvers(words: list[str], subs: Substitutes) -> list[str]:
    """Return the arguments of `resolver` with its servers replaced, names by loopback."""
    return [word if word.startswith(_RESOLVER_OPTIONS) else _resolver(word, subs) for word in words]


def _resolver(word: str, subs: Substitutes) -> str:
    match = _WITH_PORT.fullmatch(word)
    host, port = (match[1], f":{match[2]}") if match else (word, "")
    return subs.resolver(word if is_address(host) else f"{LOOPBACK}{port}")


def listening(words: list[str], subs: Substitutes) -> list[str]:
    """Return the arguments of `listen` with its address replaced, and what goes with ports gone."""
    address, *options = words
    new = subs.listen(normal_address(address))
    return [new, *(one for one in options if not one.startswith(_OF_PORTS))]


def normal_address(address: str) -> str:
    """Return an address to listen on in full, as nginx takes it: `80` is `*:80`."""
    if address.startswith("unix:"):
        return address
    if re.fullmatch(r"\d+(-\d+)?", address):
        return f"*:{address}"
    has_port = re.search(r"(?:^[^:\[\]]*|\]):\d+(-\d+)?$", address)
    full = address if has_port else f"{address}:80"
    return f"*{full[7:]}" if full.startswith("0.0.0.0:") else full


def placed_sockets(word: str) -> str:
    """Return a word with every socket in the file system moved below the current directory.

    A relative path, because the whole of it may have about 100 characters and no more.
    """
    return _UNIX.sub(lambda match: f"unix:.{posixpath.normpath(match[1])}", word)
