"""The script that dumps a database server again and again, as Compose's `entrypoint` holds it.

It waits for nothing: a dump that fails is tried again soon. A dump is written under another name
and renamed when it is complete, so a failed one never takes the place of a good one, and old ones
go only after a new one is there. No password stands on a command line, where every process of the
host could read it (PostgreSQL manual, libpq environment variables; MySQL manual, "End-User
Guidelines for Password Security"; mongodump manual, `--config`).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from patcher.records import dataclass

FOLDER: Final = "/backups"
_RETRY: Final = 300
_LOOP: Final = """\
dump() {{
  {dump} &&
  {finish}
}}
while :; do
  file="{folder}/{host}-$(date -u +%Y%m%dT%H%M%SZ).{ending}"
  if dump; then
    echo "dumped to $file"
    find {folder} -name '{host}-*.{ending}' -mtime +{older} -exec rm -f {{}} +
    sleep {every}
  else
    rm -f "$part" "$part.gz"
    echo "the dump failed; the next try is in {retry} seconds" >&2
    sleep {retry}
  fi
done
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A database server: its family, host name, port (None: the usual one), and variables."""

    family: str
    host: str
    port: int | None
    variables: Collection[str]


def script(server: Server, every: int, keep_days: int) -> str:
    """Return the script: a dump every `every` seconds, each kept for `keep_days` days.

    `$` is doubled, as Compose needs it.
    """
    lines, dump = _DUMPS[server.family](server)
    is_mongo = server.family == "mongo"
    loop = _LOOP.format(
        folder=FOLDER,
        host=server.host,
        dump=dump,
        ending="archive.gz" if is_mongo else "sql.gz",
        finish='mv "$part" "$file"' if is_mongo else 'gzip -f "$part" &&\n  mv "$part.gz" "$file"',
        older=keep_days - 1,
        every=every,
        retry=min(_RETRY, every),
    )
    head = ["umask 077", f'part="{FOLDER}/{server.host}.part"', *lines]
    return "\n".join([*head, loop]).replace("$", "$$")


def _postgres(server: Server) -> tuple[list[str], str]:
    port = f" -p {server.port}" if server.port else ""
    user = '"${POSTGRES_USER:-postgres}"'
    dump = f'pg_dumpall -h {server.host}{port} -U {user} -f "$part"'
    return _secret("PGPASSWORD", server, ["POSTGRES_PASSWORD"]), dump


def _mysql(server: Server) -> tuple[list[str], str]:
    return _secret("MYSQL_PWD", server, ["MYSQL_ROOT_PASSWORD"]), _sql_dump("mysqldump", server)


def _mariadb(server: Server) -> tuple[list[str], str]:
    names = ["MARIADB_ROOT_PASSWORD", "MYSQL_ROOT_PASSWORD"]
    # MariaDB 11 has no mysqldump, 10.4 and older no mariadb-dump
    choose = "dump=$(command -v mariadb-dump || command -v mysqldump)"
    return [*_secret("MYSQL_PWD", server, names), choose], _sql_dump('"$dump" --skip-ssl', server)


def _sql_dump(program: str, server: Server) -> str:
    port = f" -P {server.port}" if server.port else ""
    what = '--all-databases --single-transaction --routines --events --result-file="$part"'
    return f"{program} -h {server.host}{port} -u root \\\n    {what}"


def _mongo(server: Server) -> tuple[list[str], str]:
    port = f":{server.port}" if server.port else ""
    dump = f'mongodump --host={server.host}{port} --gzip --archive="$part"'
    user, password = "MONGO_INITDB_ROOT_USERNAME", "MONGO_INITDB_ROOT_PASSWORD"
    if not {user, f"{user}_FILE"} & set(server.variables):
        return [], dump
    lines = [
        *_secret("user", server, [user], export=False),
        *_secret("password", server, [password], export=False),
        "secret=$(mktemp)",
        # JSON is YAML: backslashes and quotes are escaped
        "printf 'password: \"%s\"\\n' "
        '"$(printf %s "$password" | sed \'s/[\\\\"]/\\\\&/g\')" > "$secret"',
    ]
    login = '--config="$secret" -u "$user" --authenticationDatabase=admin'
    return lines, f"{dump} \\\n    {login}"


def _secret(name: str, server: Server, variables: list[str], *, export: bool = True) -> list[str]:
    """Return the lines that set `name` from the first variable that the server has, or its file."""
    known = [one for one in variables if {one, f"{one}_FILE"} & set(server.variables)]
    source = known[0] if known else variables[0]
    value = f'"${{{source}:-}}"'
    if f"{source}_FILE" in server.variables:
        value = f'"$(cat "${source}_FILE")"'
    return [f"{name}={value}", *([f"export {name}"] if export else [])]


_DUMPS: Final = {
    "postgres": _postgres,
    "mysql": _mysql,
    "mariadb": _mariadb,
    "mongo": _mongo,
}
FAMILIES: Final = frozenset(_DUMPS)
