"""A script that initialises a fresh deployment: wait for the databases, migrate, verify.

It is plain `sh`, works with `docker compose` and `docker-compose`, and asks each database through
its own container, where the images let the superuser in without a password on the command line.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Final

from patcher.stack.migrate.by_hand import Migrated
from patcher.stack.stack import Stack

_POSTGRES: Final = (
    'pg_isready -q -h 127.0.0.1 -U "${POSTGRES_USER:-postgres}"',
    'psql -U "${POSTGRES_USER:-postgres}" -d "${POSTGRES_DB:-${POSTGRES_USER:-postgres}}" -At',
    # the tables of an extension, such as PostGIS, are there from the start
    """\
select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and n.nspname !~ '^(pg_|information_schema)'
and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e');
""",
)
_TABLES: Final = """\
select count(*) from information_schema.tables where table_schema
not in ('mysql', 'sys', 'performance_schema', 'information_schema');
"""
_MYSQL: Final = (
    "mysqladmin -s -h 127.0.0.1 ping",
    'MYSQL_PWD="$MYSQL_ROOT_PASSWORD" mysql -u root -N',
    _TABLES,
)
_MARIADB: Final = (
    "mariadb-admin -s -h 127.0.0.1 --skip-ssl ping || mysqladmin -s -h 127.0.0.1 ping",
    'MYSQL_PWD="${MARIADB_ROOT_PASSWORD:-$MYSQL_ROOT_PASSWORD}" '
    '"$(command -v mariadb || command -v mysql)" -u root -N',
    _TABLES,
)
_ASKED: Final = {"postgres": _POSTGRES, "mysql": _MYSQL, "mariadb": _MARIADB}
_HEAD: Final = """\
#!/bin/sh
# shellcheck disable=SC2016  # what stands in single quotes is for the container's shell
#
# Initialises a fresh deployment: starts the database, waits for it, migrates, verifies.
# A second run is refused: with tables there, nothing is fresh. --force migrates all the same.
set -eu
cd "$(dirname "$0")"

force=no
case "${1:-}" in
  "") ;;
  --force) force=yes ;;
  *)
    echo "usage: $0 [--force]" >&2
    exit 2
    ;;
esac

if docker compose version >/dev/null 2>&1; then
  compose() { docker compose FILES"$@"; }
elif command -v docker-compose >/dev/null 2>&1; then
  compose() { docker-compose FILES"$@"; }
else
  echo "$0: found neither docker compose nor docker-compose" >&2
  exit 1
fi
"""
_DATABASE: Final = """
DATABASE_ready() {
  compose exec -T DATABASE sh -c READY </dev/null >/dev/null 2>&1
}
DATABASE_tables() {
  compose exec -T DATABASE sh -c CLIENT <<'SQL'
QUERYSQL
}

echo "Starting DATABASE"
compose up -d DATABASE
tries=0
until DATABASE_ready; do
  tries=$((tries + 1))
  if [ "$tries" -ge 60 ]; then
    echo "$0: DATABASE is not ready after 2 minutes; see: docker compose logs DATABASE" >&2
    exit 1
  fi
  sleep 2
done
tables=$(DATABASE_tables)
if [ "$tables" -gt 0 ] && [ "$force" = no ]; then
  echo "$0: DATABASE has $tables tables already, so nothing was done; --force migrates" >&2
  exit 1
fi
"""
_MIGRATE: Final = """
echo TOLD
compose run --rm -T ARGUMENTS </dev/null
"""
_VERIFY: Final = """
tables=$(DATABASE_tables)
if [ "$tables" -eq 0 ]; then
  echo "$0: DATABASE has no tables after migrating" >&2
  exit 1
fi
echo "Done: DATABASE has $tables tables"
"""


def can_be_asked(stack: Stack, database: str) -> bool:
    """Tell whether the script knows how to ask a database for its tables."""
    family = stack.facts[database].family
    return family is not None and family.name in _ASKED


def init_script(stack: Stack, found: Sequence[Migrated]) -> str:
    """Return the script for the apps of a stack, whose databases must all be ones it can ask."""
    databases = list(dict.fromkeys(name for one in found for name in one.databases))
    files = "".join(f"-f {shlex.quote(path)} " for path in stack.request.compose)
    parts = [
        _HEAD.replace("FILES", files),
        *(_asking(stack, name, _DATABASE) for name in databases),
        *(_migrating(one.arguments) for one in found),
        *(_asking(stack, name, _VERIFY) for name in databases),
    ]
    return "".join(parts)


def _migrating(arguments: str) -> str:
    told = shlex.quote(f"Migrating: {arguments}")
    return _MIGRATE.replace("TOLD", told).replace("ARGUMENTS", arguments)


def _asking(stack: Stack, database: str, text: str) -> str:
    family = stack.facts[database].family
    ready, client, query = _ASKED[family.name if family else ""]
    function = database.replace("-", "_").replace(".", "_")
    named = text.replace("DATABASE_", f"{function}_").replace("DATABASE", database)
    asked = named.replace("READY", shlex.quote(ready)).replace("CLIENT", shlex.quote(client))
    return asked.replace("QUERY", query)
