"""Nothing in the stack backs a database up.

## What it finds

A PostgreSQL, MySQL, MariaDB or MongoDB server that no service of the stack dumps. A service counts
that runs a dump program against it, or whose name or image says that it makes backups.

## Why it matters

A volume is no backup: it keeps a deleted table as deleted. Nor is there another way back from a
migration that went wrong. The incident's report asks for a regular backup. Backups that the host
makes cannot be seen from the files; that is why the rule is off by default.

## What the fix does on the next `up`

It adds a service `db-backup` from the database's own image, so that the dump program fits the
server, with the same environment and networks, and a volume `db_backups`. Every day it dumps all
databases of the server, with `pg_dumpall`, `mysqldump`, `mariadb-dump` or `mongodump`, to a name of
its own, renames the complete dump, and only then removes those older than 7 days. A dump that fails
replaces nothing and is tried again after 5 minutes; `docker compose logs db-backup` tells. The
password comes from the environment; it stands on no command line, and the diff repeats none. Where
the database has no health check, it gets one, so that the first dump waits for it.

Restore into an empty server, with the file that `docker compose exec db-backup ls /backups` shows.
PostgreSQL (psql says that the role and the database which the image makes exist already; all else
is restored):

    docker compose exec db-backup gunzip -c /backups/FILE |
      docker compose exec -T db sh -c 'psql -U "$POSTGRES_USER" -d postgres'

MySQL and MariaDB (`mariadb` in newer images):

    docker compose exec db-backup gunzip -c /backups/FILE |
      docker compose exec -T db sh -c 'MYSQL_PWD="$MYSQL_ROOT_PASSWORD" mysql -u root'

MongoDB (with user and password where the server asks for them):

    docker compose exec db-backup cat /backups/FILE |
      docker compose exec -T db mongorestore --gzip --archive

## Fix safety

Unsafe: it starts another container that reads every table once a day and fills a volume. The dumps
lie on the same host as the data, so copy them elsewhere. `--single-transaction` gives a consistent
dump of InnoDB tables only. Not fixed where the superuser is not the usual one or the port is not
known, where the image does not run as root, or where the password stands in the compose file
itself: the new service would repeat it.

## References

- https://www.postgresql.org/docs/current/app-pg-dumpall.html
- https://dev.mysql.com/doc/refman/8.4/en/mysqldump.html
- https://www.mongodb.com/docs/database-tools/mongodump/
"""

from __future__ import annotations

from collections.abc import Iterator

from patcher.finding import Finding, Fix, Fixable, NoFix, Safety, Severity
from patcher.lang.edit_error import CannotEdit
from patcher.rules.base import Rule
from patcher.stack.backup import backup_edits, databases, is_backed_up
from patcher.stack.facts import Facts
from patcher.stack.stack import Stack

_WHY = "one more container reads every table once per period, and its dumps fill a volume"


def check(stack: Stack) -> Iterator[Finding]:
    """Yield one finding for each database that nothing dumps."""
    for facts in databases(stack):
        if not is_backed_up(stack, facts.service):
            yield RULE.finding(
                f"nothing in the stack backs `{facts.service.name}` up",
                "no service runs a dump program against it, and none is a backup tool",
                (facts.service.location,),
                _remedy(stack, facts),
            )


def _remedy(stack: Stack, facts: Facts) -> Fix | NoFix:
    try:
        name, edits = backup_edits(stack, facts)
    except CannotEdit as error:
        return NoFix(error.reason, "dump it from the host, or with a service of your own")
    title = f"add the service `{name}`, which dumps `{facts.service.name}` and keeps the dumps"
    return Fix(title, edits, f"starts `{name}`, which makes a first dump", Safety.UNSAFE, _WHY)


RULE = Rule.of(__name__, __doc__, Severity.WARNING, Fixable.SOMETIMES, check, default=False)
