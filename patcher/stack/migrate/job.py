"""The one-shot service that migrates, with the waits of all who need the tables."""

from __future__ import annotations

from collections.abc import Mapping

from patcher.lang.edit_error import CannotEdit
from patcher.records import dataclass
from patcher.stack.compose.service import Service
from patcher.stack.migrate.apps import App
from patcher.stack.migrate.oneshot import free_name, oneshot_edits, oneshot_waits, runs_with
from patcher.stack.unmet import unmet_needs
from patcher.stack.wait_edits import wait_edits
from patcher.stack.waits import COMPLETED
from patcher.text import Edit, joined


@dataclass(frozen=True, slots=True)
class Job:
    """A one-shot service to be added: its name, and the edits that add it and the waits for it."""

    name: str
    edits: tuple[Edit, ...]


def job_for(app: App, main: Service, command: tuple[str, ...]) -> Job:
    """Return a one-shot service beside `main` that runs `command`, and the app's users' waits.

    Who needs a database that the job waits for, and does not wait itself, waits for both: else the
    wait would be there or not, depending on which fix came first. Raises CannotEdit where it is not
    certain to work, or cannot be written.
    """
    stack, users = app.stack, [service.name for service in app.users]
    name = free_name(stack, stack.settings.migrate_service, main.name)
    _refuse_apart(app, main)
    waits = oneshot_waits(stack, main, app.databases(main), users)
    added = {
        service.name: {one: waits[one] for one in unmet_needs(stack, service) if one in waits}
        | {name: COMPLETED}
        for service in app.users
    }
    edits = [
        edit
        for service in app.users
        for edit in wait_edits(stack, service, added[service.name], _alike(added, service.name))
    ]
    edits += oneshot_edits(
        stack, main, name, command, waits, through_entrypoint=app.runs_arguments(main)
    )
    return Job(name, joined(edits))


def _alike(added: Mapping[str, Mapping[str, str]], name: str) -> list[str]:
    return [one for one, waits in added.items() if waits == added[name]]


def _refuse_apart(app: App, main: Service) -> None:
    """Refuse where a service would wait for one that may not be there: by profile, or by file."""
    first = app.stack.project.documents[0].tree
    for service in app.users:
        if not runs_with(service, main):
            raise CannotEdit(f"`{service.name}` may run while the profile of `{main.name}` is off")
        if main.home.tree not in (first, service.home.tree):
            raise CannotEdit(f"`{service.name}` and `{main.name}` are defined in different files")
