"""Whether a running database has tables: asked with its own client, inside of its container.

The client takes names and passwords from the container's own environment, so none is seen here or
in a list of processes. The session is read-only. PostgreSQL is asked for the tables of the database
that the environment names, MySQL for those of all but its own.
"""

from __future__ import annotations

from typing import Final

from patcher.diagnose.docker import NoAnswer, ask
from patcher.diagnose.live import Container
from patcher.records import dataclass

_POSTGRES: Final = """\
user="${POSTGRES_USER:-$(cat "$POSTGRES_USER_FILE" 2>/dev/null)}"; user="${user:-postgres}"
name="${POSTGRES_DB:-$(cat "$POSTGRES_DB_FILE" 2>/dev/null)}"
PGPASSWORD="${POSTGRES_PASSWORD:-$(cat "$POSTGRES_PASSWORD_FILE" 2>/dev/null)}"
PGCONNECT_TIMEOUT=5 PGOPTIONS="-c default_transaction_read_only=on -c statement_timeout=5000"
export PGPASSWORD PGCONNECT_TIMEOUT PGOPTIONS
exec psql -X -w -q -A -t -U "$user" -d "${name:-$user}" -c "SELECT tablename FROM \
pg_catalog.pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') LIMIT 5000"
"""
_MYSQL: Final = """\
client="$(command -v mariadb || command -v mysql)" || exit 127
MYSQL_PWD="${MARIADB_ROOT_PASSWORD:-${MYSQL_ROOT_PASSWORD:-$(cat "$MARIADB_ROOT_PASSWORD_FILE" \
"$MYSQL_ROOT_PASSWORD_FILE" 2>/dev/null)}}"; export MYSQL_PWD
exec "$client" --connect-timeout=5 -N -B -u root -e "SET SESSION TRANSACTION READ ONLY; \
SELECT table_name FROM information_schema.tables WHERE table_schema NOT IN ('mysql', 'sys', \
'information_schema', 'performance_schema') LIMIT 5000"
"""
_SCRIPTS: Final = {"postgres": _POSTGRES, "mysql": _MYSQL, "mariadb": _MYSQL, "percona": _MYSQL}

# where the frameworks note which migrations have run
_MIGRATION_TABLES: Final = frozenset(
    {
        "django_migrations",
        "alembic_version",
        "schema_migrations",
        "_prisma_migrations",
        "knex_migrations",
        "migrations",
        "sequelizemeta",
        "flyway_schema_history",
        "databasechangelog",
        "goose_db_version",
        "doctrine_migration_versions",
        "phinxlog",
        "__efmigrationshistory",
    }
)


@dataclass(frozen=True, slots=True)
class Tables:
    """What a database holds: how many tables, and those that note which migrations have run.

    `problem` says why it could not be asked; `count` is then 0.
    """

    service: str
    count: int = 0
    migrations: tuple[str, ...] = ()
    problem: str = ""


def can_be_asked(family: str) -> bool:
    """Tell whether there is a client to ask a database of an image family with."""
    return family in _SCRIPTS


def tables(container: Container, family: str) -> Tables:
    """Return what a running database holds."""
    try:
        told = ask("exec", container.id, "sh", "-c", _SCRIPTS[family])
    except NoAnswer as error:
        return Tables(container.service, problem=str(error))
    names = [line.strip() for line in told.splitlines() if line.strip()]
    noted = (name for name in names if name.lower() in _MIGRATION_TABLES)
    return Tables(container.service, len(names), tuple(noted))
