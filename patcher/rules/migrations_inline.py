"""A server's own command runs the database migrations first.

## What it finds

A service that starts a server or a worker, and whose command, entrypoint or start script runs the
migrations before it: `sh -c "python manage.py migrate && gunicorn ..."`.

## Why it matters

Every container that starts migrates. With several replicas, or with workers of the same image,
migrations race: two of them create the same table at the same time, and one fails. A restart in the
middle of the day runs whatever migrations the image has. The incident report warns of the same:
race conditions with several containers, conflicts with deployments without downtime, no control
over the way back. In their favour: nobody can forget them.

## What the fix does on the next `up`

It takes the migrate command out of the service's command, and adds the one-shot service `migrate`
that `migrations-never-run` would add: it runs once at every `up`, and all services of the image
wait for it with `service_completed_successfully`.

## Fix safety

Unsafe: a container that restarts by itself no longer migrates, and `docker compose run` and
`restart` do not either; only `up` does. The races are gone; what else the incident report warns of
remains: the migration runs while old containers do, and nothing rolls it back. Not fixed where the
migration stands in a script or a Dockerfile, where other commands depend on it, and where the
one-shot service would not be certain to work.

## References

- https://docs.docker.com/compose/how-tos/startup-order/
- https://docs.djangoproject.com/en/stable/topics/migrations/
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from patcher.finding import Finding, Fix, Fixable, Location, NoFix, Safety, Severity
from patcher.lang.edit_error import CannotEdit
from patcher.rules.base import Rule
from patcher.stack.compose.service import Service
from patcher.stack.migrate.apps import App, apps
from patcher.stack.migrate.frameworks import Framework
from patcher.stack.migrate.inline import Inline, inline_calls, makes_migrations, removal_edits
from patcher.stack.migrate.job import job_for
from patcher.stack.resolvers import shown
from patcher.stack.stack import Stack
from patcher.text import joined

_WHY = "a container that restarts by itself no longer migrates: only `up` does"


def check(stack: Stack) -> Iterator[Finding]:
    """Yield one finding for each app whose servers migrate by themselves."""
    for app in apps(stack):
        found = list(inline_calls(app))
        if found:
            yield _finding(app, found)


def _finding(app: App, found: Sequence[Inline]) -> Finding:
    names = list(dict.fromkeys(one.service.name for one in found))
    first = found[0].call
    verb = "migrates" if len(names) == 1 else "migrate"
    return RULE.finding(
        f"{shown(names)} {verb} the database before starting, each container by itself",
        f"`{first.text}` in {first.source.path}, before the server",
        tuple(dict.fromkeys(_place(one) for one in found)),
        _remedy(app, found),
    )


def _place(inline: Inline) -> Location:
    call = inline.call
    return Location.of(call.source, call.place, (inline.service.name, call.text))


def _remedy(app: App, found: Sequence[Inline]) -> Fix | NoFix:
    by_hand = f"move `{found[0].call.text}` to a one-shot service that the others wait for"
    main = app.main
    framework = app.framework(main) if main is not None else None
    if main is None or framework is None or framework.migrate is None:
        return NoFix("the project's own migrate command is not known", by_hand)
    if (doubt := _doubt(app, main, framework, found)) is not None:
        return NoFix(doubt, by_hand)
    if any(call.live and service.name in app.stack.jobs for service, call in app.calls):
        return NoFix("another service migrates once already", "take it out of the command")
    try:
        removed = [edit for one in found for edit in removal_edits(one)]
        job = job_for(app, main, framework.migrate)
    except CannotEdit as error:
        return NoFix(error.reason, by_hand)
    title = f"move `{shlex.join(framework.migrate)}` to the one-shot service `{job.name}`"
    users = shown([service.name for service in app.users])
    next_up = f"recreates {users}, which start when `{job.name}` has ended well"
    return Fix(title, joined([*removed, *job.edits]), next_up, Safety.UNSAFE, _WHY)


def _doubt(app: App, main: Service, framework: Framework, found: Sequence[Inline]) -> str | None:
    """Return why the one-shot service may not do what the starts do; None where it does."""
    if (doubt := app.doubt(main, framework)) is not None:
        return doubt
    if any(makes_migrations(one, app) for one in found):
        return "the start makes new migrations itself, which are in its container only"
    known = set(framework.migrate or ())
    texts = (one.call.text for one in found)
    other = next((text for text in texts if not known.issuperset(text.split())), None)
    return None if other is None else f"`{other}` has arguments of its own"


RULE = Rule.of(__name__, __doc__, Severity.WARNING, Fixable.SOMETIMES, check, default=False)
