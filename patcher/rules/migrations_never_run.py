"""Nothing runs the database migrations, so a fresh database stays empty.

## What it finds

An app with an SQL database of the stack whose migrations nothing runs: the migrate command is
commented out, or the files show a migration framework and neither compose, nor the Dockerfile, nor
any script that they start runs it. Django, Alembic, Flask-Migrate, Rails, Laravel, Symfony,
Prisma, Knex, Sequelize, TypeORM and others are known. A script that lies in the repository but
that nothing starts does not count. The rule says nothing where something may migrate after all: a
script or an image whose content the project does not hold, an app that migrates in its own code, a
service behind a profile, a database that is filled from a dump.

## Why it matters

On a new volume no table exists. In the incident psql said "Did not find any relations", and
the scheduler and the mail fetcher crashed in a loop. Running migrations in every container's own
command instead makes replicas race.

## What the fix does on the next `up`

It adds a one-shot service `migrate` next to the app: the same build or image, environment, volumes,
networks and user, the framework's own migrate command, `restart: "no"`. An app's merge key is
copied where it brings no port, check or label; else its entries are. It waits for the database to
be healthy, and for the jobs that the app waits for; every service of the same image that works with
the database waits for it with `service_completed_successfully`, and for the database, where it
names that and does not wait for it yet. Every later `up -d` runs it again, which changes nothing
where nothing is to migrate. When it fails, `up` ends with status 1; what runs already goes on
running, and services that have to be recreated are not started. With `up --abort-on-container-exit`
its end would stop the whole stack: leave that option out. `migrate.service` and `migrate.commands`
in the settings choose another name and command.

## Fix safety

Safe where the image is certain to have the command, the command finds the same database as the app,
and the database reports health. Not fixed, with the reason, where the start prepares something that
the command would lack (packages, variables, another directory), where a job of the same image may
have to run first, where a circle of waits would close, or where profiles or override files could
leave one of the services out. Unsafe where another app uses the same database server.

The incident report warns of migrations that run by themselves: race conditions with several
containers, conflicts with deployments without downtime, no control over the way back. The one-shot
service takes the races away. The others remain: it migrates while the old containers still run, so
a migration has to suit the old and the new code, and nothing rolls one back, so dump first
(no-database-backup). Who prefers to migrate by hand during a deployment can ignore this rule, and
have it written down (undocumented-migrations, missing-init-script): the trade-off is an empty
database until someone does.

## References

- https://docs.docker.com/compose/how-tos/startup-order/
- https://docs.djangoproject.com/en/stable/ref/django-admin/#migrate
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from patcher.finding import Finding, Fix, Fixable, Location, NoFix, Safety, Severity
from patcher.lang.edit_error import CannotEdit
from patcher.rules.base import Rule
from patcher.stack.compose.service import Service
from patcher.stack.migrate.apps import App, apps, are_apart, is_migrated
from patcher.stack.migrate.by_hand import migrate_arguments
from patcher.stack.migrate.frameworks import Framework
from patcher.stack.migrate.idle import idle_script
from patcher.stack.migrate.job import job_for
from patcher.stack.migrate.migrations import MigrationCall
from patcher.stack.migrate.seeded import makes_tables
from patcher.stack.resolvers import shown
from patcher.stack.stack import Stack


def check(stack: Stack) -> Iterator[Finding]:
    """Yield one finding for each app whose migrations nothing runs."""
    every = list(apps(stack))
    for app in every:
        main = app.main
        framework = app.framework(main) if main else None
        if main is None or framework is None or is_migrated(app, every):
            continue
        commented = next((call for one, call in app.calls if one is main), None)
        if commented is not None or not (app.unread or _seeded(app, main)):
            rivals = [one for one in every if _shares_database(app, one)]
            yield _finding(app, framework, commented, _remedy(app, main, framework, rivals))


def _seeded(app: App, main: Service) -> str | None:
    """Return the database that makes its tables from scripts of its own, None where none does."""
    seeded = (one for one in app.databases(main) if makes_tables(app.stack.facts[one]))
    return next(seeded, None)


def _shares_database(app: App, other: App) -> bool:
    if other is app or app.main is None or other.main is None or not are_apart(app, other):
        return False
    return bool(set(app.databases(app.main)) & set(other.databases(other.main)))


def _finding(
    app: App, framework: Framework, commented: MigrationCall | None, remedy: Fix | NoFix
) -> Finding:
    main = app.main or app.services[0]
    command = main.get("command") or main.get("entrypoint")
    place = main.location if command is None else command.location
    where = (place,) if commented is None else (place, _place(commented))
    return RULE.finding(
        f"`docker compose up` never runs the {framework.name} migrations of `{main.name}`",
        _evidence(app, main, framework, commented),
        where,
        remedy,
    )


def _place(call: MigrationCall) -> Location:
    return Location.of(call.source, call.place, ())


def _evidence(
    app: App, main: Service, framework: Framework, commented: MigrationCall | None
) -> str:
    context = main.build.context if main.build else None
    idle = idle_script(app.stack, [context], framework)
    also = f"; {idle.path} would migrate, but nothing starts it" if idle else ""
    if commented is None:
        names = [service.name for service in app.users]
        start = "starts" if len(names) == 1 else "start"
        databases = shown(app.databases(main))
        what = f"no command or script that {shown(names)} {start} migrates {databases}"
        return f"{what} with {framework.name}{also}"
    place = _place(commented)
    return f"`{commented.text}` is commented out in {place.path}:{place.line}{also}"


def _remedy(app: App, main: Service, framework: Framework, rivals: list[App]) -> Fix | NoFix:
    if framework.migrate is None:
        return NoFix(framework.why_not, "run the migrations after each deployment")
    by_hand = f"docker compose run --rm {migrate_arguments(app, main, framework.migrate)}"
    if app.unread:
        files = shown(list(app.unread))
        return NoFix(f"the project does not hold {files}, which may migrate", f"else {by_hand}")
    if (seeded := _seeded(app, main)) is not None:
        reason = f"`{seeded}` has scripts that make tables, which migrating may make again"
        return NoFix(reason, "compare the scripts with the migrations")
    if (doubt := app.doubt(main, framework)) is not None:
        where = f"docker compose exec {main.name} sh"
        return NoFix(doubt, f"migrate in the running container, as the app would: {where}")
    try:
        return _fix(app, main, framework.migrate, rivals)
    except CannotEdit as error:
        return NoFix(error.reason, by_hand)


def _fix(app: App, main: Service, command: tuple[str, ...], rivals: list[App]) -> Fix:
    job = job_for(app, main, command)
    users = shown([service.name for service in app.users])
    wait = "waits" if len(app.users) == 1 else "wait"
    title = f"add the one-shot service `{job.name}`, which {users} {wait} for"
    run = shlex.join(command)
    next_up = f"runs `{run}` in `{job.name}`, then starts {users}; if it fails, `up` stops there"
    if not rivals:
        return Fix(title, job.edits, next_up)
    other = rivals[0].main or rivals[0].services[0]
    why = f"`{other.name}` uses the same server; in one database the tables of both may clash"
    return Fix(title, job.edits, next_up, Safety.UNSAFE, why)


RULE = Rule.of(__name__, __doc__, Severity.ERROR, Fixable.SOMETIMES, check)
