"""No script initialises a fresh deployment.

## What it finds

An app of the stack with a migration framework and an SQL database, and neither a shell script nor a
Makefile, in the project directory or in `scripts`, `bin` or `deploy`, that calls Compose and
migrates.

## Why it matters

A fresh deployment needs its steps in the right order: start the database, wait until it answers,
migrate, look whether tables are there. Done by hand, a step is forgotten; the incident's database
stayed empty that way.

## What the fix does on the next `up`

Nothing: it writes `init-deployment.sh`, which is run once, by hand: `sh init-deployment.sh`. The
script starts the database, waits for it, runs the framework's own migrate command, counts the
tables, and tells each step. Where there are tables already it does nothing and ends with 1;
`--force` migrates all the same. It works with `docker compose` and `docker-compose`.

## Fix safety

Unsafe: it is a program, so read it before it is run. It asks the database that the image's own
variables name; an app that keeps its tables in another one is not seen. A file of that name is
never overwritten. Where a one-shot service migrates at every `up`, the script is no more than a
convenience.

## References

- https://docs.docker.com/reference/cli/docker/compose/run/
- https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from patcher.finding import Finding, Fix, Fixable, NoFix, Safety, Severity
from patcher.rules.base import Rule
from patcher.stack.init_script import can_be_asked, init_script
from patcher.stack.migrate.by_hand import Migrated, migrated_apps
from patcher.stack.migrate.init_scripts import initialising_script
from patcher.stack.resolvers import shown
from patcher.stack.stack import Stack
from patcher.text import Edit

NAME: Final = "init-deployment.sh"


def check(stack: Stack) -> Iterator[Finding]:
    """Yield one finding where the stack has migrations and no script that runs them first."""
    found = list(migrated_apps(stack))
    if not found or initialising_script(stack, found) is not None:
        return
    names = shown([one.main.name for one in found])
    yield RULE.finding(
        "no script initialises a fresh deployment",
        f"{names} has migrations, and no script in the project calls Compose and migrates",
        (found[0].main.location,),
        _remedy(stack, found),
    )


def _remedy(stack: Stack, found: Sequence[Migrated]) -> Fix | NoFix:
    by_hand = "write a script that starts the database, waits for it, migrates and verifies"
    reason = next((why for one in found if (why := _doubt(stack, one)) is not None), None)
    if reason is not None:
        return NoFix(reason, by_hand)
    if stack.files.read(NAME) is not None:
        return NoFix(f"there is a file {NAME} already, which does something else", by_hand)
    edits = (Edit(NAME, 0, 0, init_script(stack, found)),)
    why = "it is a program that starts containers and migrates: read it before it is run"
    return Fix(f"write {NAME}", edits, "changes nothing", Safety.UNSAFE, why)


def _doubt(stack: Stack, one: Migrated) -> str | None:
    """Return why a script for an app is not certain to do what it says."""
    if len(one.databases) > 1:
        return f"which of {shown(list(one.databases))} the migrations are for is not known"
    if not can_be_asked(stack, one.databases[0]):
        return f"how to ask `{one.databases[0]}` for its tables is not known"
    return one.doubt


RULE = Rule.of(__name__, __doc__, Severity.INFO, Fixable.SOMETIMES, check, default=False)
