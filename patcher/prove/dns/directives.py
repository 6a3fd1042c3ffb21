"""The directives that the lab's nginx gets: what decides where a request goes, and nothing else.

A list of what is kept, because the configuration is not trusted: a directive that is not known to
be harmless could read, write or contact anything. Sources: the module pages at
https://nginx.org/en/docs/.
"""

from __future__ import annotations

from typing import Final

TABLES: Final = frozenset({"map", "geo", "split_clients"})
"""Blocks whose entries are data: their names are keys, not directives."""

BLOCKS: Final = frozenset({"http", "server", "location", "if", "limit_except", "upstream", *TABLES})

_PASSING: Final = ("proxy", "fastcgi", "uwsgi", "scgi", "grpc", "memcached")
_RETRIES: Final = ("next_upstream", "next_upstream_tries", "next_upstream_timeout")
_REQUEST: Final = frozenset(
    {
        "auth_request",
        "auth_request_set",
        "break",
        "error_page",
        "internal",
        "merge_slashes",
        "mirror",
        "recursive_error_pages",
        "resolver_timeout",
        "return",
        "rewrite",
        "server_name",
        "set",
        "try_files",
    }
)
_GROUP: Final = frozenset({"hash", "ip_hash", "least_conn", "random"})

KEPT: Final = frozenset(
    {*_REQUEST, *_GROUP, *(f"{one}_{word}" for one in _PASSING for word in _RETRIES)}
)
"""Plain directives that are kept with their arguments; the others that stay have code of their own.

`error_page` for 5xx is left out all the same: a failure shall be seen as one.
"""

SERVER_PARAMETERS: Final = ("backup", "down", "fail_timeout=", "max_fails=", "resolve", "weight=")
"""Parameters of an upstream's server that are kept."""

BINDS: Final = tuple(f"{one}_bind" for one in _PASSING)
"""Directives that fix the address that a connection to an upstream comes from."""


def runs_code(name: str) -> bool:
    """Tell whether a directive runs code of the project, which the lab does not."""
    return "_by_lua" in name or name.startswith(("js_", "perl"))
