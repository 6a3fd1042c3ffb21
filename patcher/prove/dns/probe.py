"""Find a request for every location, by asking an nginx for which every name is known."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from patcher.prove.dns.bench import Bench, Tools, bench
from patcher.prove.dns.client import NONE, Answer
from patcher.prove.dns.places import Skipped, Visit
from patcher.prove.dns.process import NotStarted
from patcher.prove.dns.scenario import Call
from patcher.prove.dns.targets import Targets

_UNKNOWN: Final = re.compile(r'unknown "(\w+)" variable')
_MAX_UNKNOWN: Final = 20
_PATIENCE: Final = 10


@dataclass
class Found:
    """The requests that lead to locations; those that none was found for; variables left empty."""

    calls: list[Call] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    empty: frozenset[str] = frozenset()


async def probe(tools: Tools, targets: Targets, visits: Sequence[Visit]) -> Found:
    """Ask for all paths that may lead to a location; raises NotStarted with nginx's reason.

    A variable that nginx does not know, because the image's own files or a module that the lab
    leaves out would set it, is given an empty value.
    """
    empty: frozenset[str] = frozenset()
    while True:
        try:
            return await _with(tools, targets, visits, empty)
        except NotStarted as refused:
            unknown = _UNKNOWN.search(str(refused))
            if unknown is None or len(empty) >= _MAX_UNKNOWN:
                raise
            empty |= {unknown[1]}


async def _with(
    tools: Tools, targets: Targets, visits: Sequence[Visit], empty: frozenset[str]
) -> Found:
    answers: dict[int, tuple[str, Answer]] = {}
    async with bench(tools, targets, healthy=True, empty=empty) as one:
        await one.stand_ins.up()
        async with one.nginx(visits[0].door.port):
            with suppress(TimeoutError):
                async with asyncio.timeout(_PATIENCE):
                    for visit in visits:
                        await _visit(one, visit, answers)
    return _found(visits, answers, empty)


async def _visit(one: Bench, visit: Visit, answers: dict[int, tuple[str, Answer]]) -> None:
    """Ask a server for its paths until each location has answered; note what they led to."""
    open_ = {place.number for place in visit.places}
    for path in visit.paths:
        answer = await one.ask(visit.door, path)
        if answer.place in open_:
            answers[answer.place] = path, answer
            open_ -= {answer.place} if answer.answered else set()
        if not open_:
            return


def _found(
    visits: Sequence[Visit], answers: dict[int, tuple[str, Answer]], empty: frozenset[str]
) -> Found:
    found = Found(empty=empty)
    for visit in visits:
        for place in visit.places:
            path, answer = answers.get(place.number, ("", NONE))
            if answer.answered:
                found.calls.append(Call(place, visit.door, path))
            else:
                found.skipped.append(Skipped(place, _reason(answer)))
    return found


def _reason(answer: Answer) -> str:
    if answer is NONE:
        return "no request was found that leads there"
    return f"nginx answers {answer.status} there, even with every name known"
