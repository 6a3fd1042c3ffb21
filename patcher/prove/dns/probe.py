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
_PATIENCE: Final = 5


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
    found = Found(empty=empty)
    async with bench(tools, targets, healthy=True, empty=empty) as one:
        await one.stand_ins.up()
        async with one.nginx(visits[0].door.port):
            for visit in visits:
                await _visit(one, visit, found)
    return found


async def _visit(one: Bench, visit: Visit, found: Found) -> None:
    """Ask a server for all its paths, for at most 5 seconds."""
    answers: dict[int, tuple[str, Answer]] = {}
    wanted = {place.number for place in visit.places}
    with suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE):
            for path in visit.paths:
                answer = await one.ask(visit.door, path)
                known = answers.get(answer.place or 0)
                if answer.place in wanted and not (known and known[1].answered):
                    answers[answer.place] = path, answer
    for place in visit.places:
        path, answer = answers.get(place.number, ("", NONE))
        if answer.answered:
            found.calls.append(Call(place, visit.door, path))
        else:
            found.skipped.append(Skipped(place, _reason(answer)))


def _reason(answer: Answer) -> str:
    if answer is NONE:
        return "no request was found that leads there"
    return f"nginx answers {answer.status} there, even with every name known"
