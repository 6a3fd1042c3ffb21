"""PostgreSQL, MySQL and MariaDB.

All three images run a temporary server while they fill a new volume. It listens on its socket only
(PostgreSQL: `listen_addresses=''`, MySQL and MariaDB: `--skip-networking`; docker-entrypoint.sh of
the Docker Official Images). A check over the socket, the default of their clients, would say ready
in the middle of the work and the server then goes away; over 127.0.0.1 it says so when it is true.

* pg_isready needs no valid user or database: it says whether the server accepts connections
  (PostgreSQL manual, pg_isready, Notes). Both are given to keep the server's log quiet.
* `mysqladmin ping` ends with 0 "even in case of an error such as Access denied" (MySQL manual,
  mysqladmin): no password is needed.
* MariaDB 11 has no `mysqladmin`, 10.4 and older no `mariadb-admin`. From 11.4 the client refuses
  the server's self-signed certificate, so TLS is left out; a server that insists on TLS refuses
  the connection, and is alive.
"""

from __future__ import annotations

from typing import Final

from patcher.stack.image.listening import port_of
from patcher.stack.image.probes import Family, ImageFacts, NoProbe, Probe, make_probe
from patcher.stack.image.reference import parse_reference
from patcher.stack.image.server_words import (
    local_port,
    options,
    other_command,
    server_words,
    settings,
    unread_file,
)

_PG_NOTE: Final = "asks pg_isready over TCP, which the server started for initialisation refuses"
_PING_NOTE: Final = "pings over TCP, which the server started for initialisation refuses"
_ADMIN: Final = ("mariadb-admin", "ping", "-h", "127.0.0.1", "--skip-ssl")
_OLD_ADMIN: Final = ("mysqladmin", "ping", "-h", "127.0.0.1")


def postgres(facts: ImageFacts, family: Family) -> Probe | NoProbe:
    """Ask `pg_isready` over TCP, as the user and for the database of the container's own variables.

    PGPORT is read by pg_isready itself.
    """
    words = server_words(facts, "postgres")
    if words is None:
        return other_command()
    given = options(words)
    text = settings(facts.config_text)
    refused = unread_file(facts, bool(given.keys() & {"config_file", "D"}))
    told = [given.get(name) for name in ("p", "port")] + [text.get("port")]
    listen = [given.get("h"), given.get("listen_addresses"), text.get("listen_addresses")]
    port = (
        facts.told_port
        or refused
        or local_port(5432, [*told, facts.variables.get("PGPORT")], listen)
    )
    if isinstance(port, NoProbe):
        return port
    moved = f" -p {port}" if facts.told_port or any(told) else ""
    user = _variable(facts, "POSTGRES_USER", "postgres")
    database = _variable(facts, "POSTGRES_DB", user)
    test = f'pg_isready -h 127.0.0.1{moved} -U "{user}" -d "{database}"'
    return make_probe(family, ("CMD-SHELL", test), port, _PG_NOTE)


def bitnami_postgres(facts: ImageFacts, family: Family) -> Probe | NoProbe:
    """Ask as above, with the variable names of the Bitnami image."""
    if facts.command:
        return other_command()
    user = "$${POSTGRESQL_USERNAME:-$${POSTGRES_USER:-postgres}}"
    database = "$${POSTGRESQL_DATABASE:-$${POSTGRES_DB:-postgres}}"
    port = "$${POSTGRESQL_PORT_NUMBER:-5432}"
    test = f'pg_isready -h 127.0.0.1 -p "{port}" -U "{user}" -d "{database}"'
    number = _number(facts, "POSTGRESQL_PORT_NUMBER", 5432)
    return make_probe(family, ("CMD-SHELL", test), number, "asks pg_isready over TCP")


def _variable(facts: ImageFacts, name: str, default: str) -> str:
    """Return the shell's words for a variable, with the image's default where it is not set."""
    return f"$${{{name}}}" if facts.variables.get(name, "") != "" else f"$${{{name}:-{default}}}"


def _number(facts: ImageFacts, name: str, default: int) -> int | None:
    return port_of(facts.variables[name] or "") if name in facts.variables else default


def mysql(facts: ImageFacts, family: Family) -> Probe | NoProbe:
    """Ping with `mysqladmin` over TCP, without a password."""
    port = _mysql_port(facts)
    if isinstance(port, NoProbe):
        return port
    return make_probe(family, ("CMD", *_OLD_ADMIN, *_moved(facts, port)), port, _PING_NOTE)


def mariadb(facts: ImageFacts, family: Family) -> Probe | NoProbe:
    """Ping with the client that the version has, or with the one that is there."""
    port = _mysql_port(facts)
    if isinstance(port, NoProbe):
        return port
    moved = _moved(facts, port)
    reference = parse_reference(facts.image)
    version = reference.version or ((11, 0) if reference.label in ("latest", "lts") else None)
    if version and version >= (10, 5):
        test: tuple[str, ...] = ("CMD", *_ADMIN, *moved)
    elif version and (10, 0) <= version < (10, 4):
        test = ("CMD", *_OLD_ADMIN, *moved)
    else:
        test = ("CMD-SHELL", " ".join([*_ADMIN, *moved, "||", *_OLD_ADMIN, *moved]))
    return make_probe(family, test, port, _PING_NOTE)


def bitnami_mysql(facts: ImageFacts, family: Family) -> Probe | NoProbe:
    """Ping with whichever client a Bitnami image has, on the port of its own variable."""
    if facts.command:
        return other_command()
    variable = f"{family.name.upper()}_PORT_NUMBER"
    port = f'-P "$${{{variable}:-3306}}"'
    test = f"{' '.join(_OLD_ADMIN)} {port}"
    if family.name == "mariadb":
        test = f"{' '.join(_ADMIN)} {port} || {test}"
    number = _number(facts, variable, 3306)
    return make_probe(family, ("CMD-SHELL", test), number, "pings over TCP")


def _mysql_port(facts: ImageFacts) -> int | NoProbe:
    words = server_words(facts, "mysqld", "mariadbd", "mysqld_safe", "mariadbd-safe")
    if words is None:
        return other_command()
    if facts.told_port is not None:
        return facts.told_port
    given = options(words)
    text = settings(facts.config_text, "mysqld", "server", "mariadb", "mariadbd")
    named = any(name.startswith("defaults") for name in given)
    closed = "skip_networking" in given.keys() | text.keys()
    return unread_file(facts, named) or local_port(
        3306,
        ["0"]
        if closed
        else [given.get("port"), given.get("P"), text.get("port"), _tcp_port(facts)],
        [given.get("bind_address"), text.get("bind_address")],
    )


def _tcp_port(facts: ImageFacts) -> str | None:
    name = "MYSQL_TCP_PORT"
    return (facts.variables[name] or "") if name in facts.variables else None


def _moved(facts: ImageFacts, port: int) -> tuple[str, ...]:
    """Return the client's port option; MYSQL_TCP_PORT moves server and client alike."""
    if facts.told_port is None and (port == 3306 or _tcp_port(facts) is not None):
        return ()
    return "-P", str(port)
