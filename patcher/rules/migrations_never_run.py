"""Nothing runs the database migrations, so a fresh database stays empty.

## What it finds

An app with a database service of the stack whose migrations nothing runs: the migrate command is
commented out, or the files show a migration framework and neither compose, nor the Dockerfile, nor
any script that they start runs it. Django, Alembic, Flask-Migrate, Rails, Laravel, Symfony,
Prisma, Knex, Sequelize, TypeORM and others are known. A script that lies in the repository but
that nothing starts does not count; one that cannot be read makes the rule say nothing.

## Why it matters

On a new volume no table exists. In the incident psql said "Did not find any relations", and
the scheduler and the mail fetcher crashed in a loop. Running migrations in every container's own
command instead makes replicas race.

## What the fix does on the next `up`

It adds a one-shot service `migrate` next to the app: the same build or image, environment,
volumes, networks and user, the framework's own migrate command, `restart: "no"`. It waits for the
database to be healthy; every service of the same image waits for it with
`service_completed_successfully`. Every later `up -d` runs it again, which changes nothing where
nothing is to migrate. When it fails, `up` ends with status 1; what runs already goes on running,
and services that have to be recreated are not started.

## Fix safety

Safe where the image is certain to have the command, and the database reports health. Who prefers
to migrate by hand during a deployment can ignore this rule: the trade-off is an empty database
until someone does.

## References

- https://docs.docker.com/compose/how-tos/startup-order/
- https://docs.djangoproject.com/en/stable/ref/django-admin/#migrate
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from patcher.finding import Finding, Fix, Fixable, Location, NoFix, Severity
from patcher.lang.edit_error import CannotEdit
from patcher.rules.base import Rule
from patcher.stack.apps import App, apps
from patcher.stack.compose import Service
from patcher.stack.frameworks import Framework
from patcher.stack.migrations import MigrationCall
from patcher.stack.oneshot import free_name, oneshot_edits
from patcher.stack.resolvers import shown
from patcher.stack.stack import Stack
from patcher.stack.waits import COMPLETED, HEALTHY, condition_for, wait_edits
from patcher.text import Edit, Span, joined


def check(stack: Stack) -> Iterator[Finding]:
    """Yield one finding for each app whose migrations nothing runs."""
    found = list(apps(stack))
    if any(call.live for app in found for _, call in app.calls):
        return
    for app in found:
        main = app.main
        framework = app.framework(main) if main else None
        if main is None or framework is None or not app.databases(main):
            continue
        commented = next((call for one, call in app.calls if one is main), None)
        if commented is not None or not app.unread:
            yield _finding(stack, app, main, framework, commented)


def _finding(
    stack: Stack, app: App, main: Service, framework: Framework, commented: MigrationCall | None
) -> Finding:
    command = main.get("command") or main.get("entrypoint")
    place = main.location if command is None else command.location
    where = (place,) if commented is None else (place, _place(commented))
    return RULE.finding(
        f"nothing runs the {framework.name} migrations of `{main.name}`",
        _evidence(app, framework, commented),
        where,
        _remedy(stack, app, main, framework),
    )


def _place(call: MigrationCall) -> Location:
    """Return the place of the command itself where its words stand once in its entry."""
    words = r"\s+".join(map(re.escape, call.text.split()))
    found = list(re.finditer(words, call.source.at(call.span)))
    span = call.span
    if len(found) == 1:
        span = Span(span.start + found[0].start(), span.start + found[0].end())
    return Location.of(call.source, span, ())


def _evidence(app: App, framework: Framework, commented: MigrationCall | None) -> str:
    if commented is not None:
        place = _place(commented)
        return f"`{commented.text}` is commented out in {place.path}:{place.line}"
    names = shown([service.name for service in app.services])
    return f"a {framework.name} app; no command or script that {names} starts migrates"


def _remedy(stack: Stack, app: App, main: Service, framework: Framework) -> Fix | NoFix:
    if framework.migrate is None:
        return NoFix(framework.why_not, "run the migrations after each deployment")
    command = shlex.join(framework.migrate)
    by_hand = f"docker compose run --rm {main.name} {command}"
    doubt = app.doubt(main, framework)
    if doubt is not None:
        return NoFix(doubt, by_hand)
    if app.unread:
        return NoFix(f"{shown(list(app.unread))} cannot be read and may migrate", by_hand)
    name = free_name(stack, stack.settings.migrate_service, main.name)
    try:
        edits = _edits(stack, app, main, framework.migrate, name)
    except CannotEdit as error:
        return NoFix(error.reason, by_hand)
    users = shown([service.name for service in app.services])
    next_up = f"runs `{command}` once in `{name}`, then starts {users}"
    return Fix(f"add the one-shot service `{name}`", edits, next_up)


def _edits(
    stack: Stack, app: App, main: Service, command: tuple[str, ...], name: str
) -> tuple[Edit, ...]:
    waits = {one: condition_for(stack, one, main.home.tree) for one in app.databases(main)}
    slow = [one for one, how in waits.items() if how != HEALTHY]
    if slow:
        raise CannotEdit(f"`{slow[0]}` cannot report its health, so nothing can wait for it")
    others = [one.name for one in app.services if set(one.profiles) - set(main.profiles)]
    if main.profiles and (others or not all(one.profiles for one in app.services)):
        raise CannotEdit("the services of this image belong to different profiles")
    sharers = [service.name for service in app.services]
    edits = [
        edit
        for service in app.services
        for edit in wait_edits(stack, service, {name: COMPLETED}, sharers)
    ]
    through_entrypoint = app.runs_arguments(main)
    # behind the waits: where the app's own stand last, both are inserted at one place
    edits += oneshot_edits(main, name, command, waits, through_entrypoint=through_entrypoint)
    return joined(edits)


RULE = Rule.of(__name__, __doc__, Severity.ERROR, Fixable.SOMETIMES, check)
