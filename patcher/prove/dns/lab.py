"""The DNS lab as a whole: every nginx of a stack through every scenario, before and after."""

from __future__ import annotations

import asyncio
import signal
import ssl
from collections.abc import Awaitable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

from patcher.errors import UserError
from patcher.lang.edit_error import CannotEdit
from patcher.prove.certificate import CERTIFICATE, KEY, make_certificate
from patcher.prove.dns.bench import Tools
from patcher.prove.dns.client import trusting
from patcher.prove.dns.places import survey
from patcher.prove.dns.probe import probe
from patcher.prove.dns.process import NotStarted
from patcher.prove.dns.result import Pace, Results, Run, Stage, Trial
from patcher.prove.dns.scenario import SCENARIOS, Subject, planned
from patcher.prove.dns.targets import Targets
from patcher.prove.nginx_program import find_nginx
from patcher.prove.private import private_directory
from patcher.stack.nginx.scopes import Nginx
from patcher.stack.stack import Stack

MAX_NGINX: Final = 4
"""The most nginx of all stacks that are tried at once."""

_SIGNALS: Final = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]
T = TypeVar("T")


class Progress(Protocol):
    """Told how much there is to do, and what was done, in requests."""

    def plan(self, requests: int) -> None:
        """Take note of more requests to come."""

    def tick(self) -> None:
        """Take note of one request."""


@dataclass(frozen=True)
class Case:
    """One nginx at one stage."""

    name: str
    stage: Stage
    targets: Targets


def cases(folder: str, before: Stack, after: Stack) -> list[Case]:
    """Return what there is to try in a stack: each nginx that hands requests on."""
    found: list[Case] = []
    later = {_name(folder, one): one for one in after.nginx}
    for nginx in before.nginx:
        name = _name(folder, nginx)
        own = [(Stage.BEFORE, Targets(before, nginx))]
        if name in later and _texts(later[name]) != _texts(nginx):
            own.append((Stage.AFTER, Targets(after, later[name])))
        else:
            own = [(Stage.NOW, own[0][1])]
        found += [Case(name, stage, one) for stage, one in own if any(survey(one))]
    return found


def _name(folder: str, nginx: Nginx) -> str:
    if nginx.service is not None:
        name = f"service {nginx.service.name}"
    else:
        name = next((tree.source.path for tree in nginx.trees()), "nginx")
    return f"{folder}: {name}" if folder else name


def _texts(nginx: Nginx) -> list[str]:
    return [tree.source.text for tree in nginx.trees()]


def run(found: Sequence[Case], given: str | None, pace: Pace, progress: Progress) -> Results:
    """Try every case, all at once, in a private directory that is gone at the end.

    `given` is the path of the nginx to run, None for the one that is installed. SIGINT, SIGTERM and
    SIGHUP end it: all that runs is stopped, then KeyboardInterrupt is raised. Raises CannotRun
    where there is no nginx, or no certificate can be made for it.
    """
    try:
        return asyncio.run(_until_signal(_run(found, given, pace, progress)))
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


async def _until_signal(work: Awaitable[T]) -> T:
    """Do the work; a signal cancels it, once: what comes later must not disturb the taking down."""
    task = asyncio.current_task()
    cancelled: list[None] = []

    def cancel() -> None:
        if task is not None and not cancelled:
            cancelled.append(None)
            task.cancel()

    for one in _SIGNALS:
        if signal.getsignal(one) is not signal.SIG_IGN:
            asyncio.get_running_loop().add_signal_handler(one, cancel)
    return await work


async def _run(found: Sequence[Case], given: str | None, pace: Pace, progress: Progress) -> Results:
    # within the loop: its signal handlers are there until the directory is gone
    with private_directory() as folder:
        program = find_nginx(given, folder)
        tools = make_tools(program.path, folder, pace.scale)
        trials = await _all(_trial(tools, one, pace, progress) for one in found)
        return Results(program.version, pace, tuple(trials))


def make_tools(program: Path, folder: Path, scale: int) -> Tools:
    """Return what all experiments share, with a new certificate; raises CannotRun."""
    make_certificate(folder)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / CERTIFICATE, folder / KEY)
    return Tools(program, folder, server, trusting(), scale)


async def _all(work: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Do several things at once; the first exception ends the others and is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one) for one in work]
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from None
    return [task.result() for task in tasks]


async def _trial(tools: Tools, case: Case, pace: Pace, progress: Progress) -> Trial:
    visits, skipped = survey(case.targets)
    unread = dict.fromkeys(one for scope in case.targets.nginx.main.walk() for one in scope.unread)
    trial = Trial(case.name, case.stage, skipped=tuple(skipped), unread=tuple(unread))
    if not visits:
        return trial
    try:
        found = await probe(tools, case.targets, visits)
        skipped += found.skipped
        subject = Subject(
            tools, case.targets, case.stage, found.calls, found.empty, pace, progress.tick
        )
        return replace(
            trial,
            asked=tuple(call.place for call in found.calls),
            skipped=tuple(skipped),
            empty=tuple(sorted(found.empty)),
            runs=tuple(await _scenarios(subject, progress)),
        )
    except (UserError, NotStarted, CannotEdit) as error:
        return replace(trial, cannot=str(error))


async def _scenarios(subject: Subject, progress: Progress) -> list[Run]:
    if not subject.calls:
        return []
    progress.plan(planned(len(subject.calls), subject.pace))
    return await _all(scenario(subject) for scenario in SCENARIOS)
