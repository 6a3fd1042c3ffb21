"""The three scenarios: what happens to the services, and how requests fare meanwhile.

Requests are spread evenly over the time that is watched. Times in the lab are those of the stack
divided by the scale.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from patcher.prove.dns.bench import Bench, Tools, bench
from patcher.prove.dns.client import Answer
from patcher.prove.dns.log import kinds
from patcher.prove.dns.places import Door, Place
from patcher.prove.dns.process import NotStarted
from patcher.prove.dns.result import Pace, Run, Scenario, Stage
from patcher.prove.dns.targets import Targets

_WARM_UP: Final = 40
# seconds of the lab, for the lookups that nginx makes of itself (`server … resolve`)
_SETTLING: Final = 0.2


def rounds(places: int, seconds: int) -> int:
    """Return how often each location is asked: one request a second in all, four for each."""
    return max(4, seconds // places)


@dataclass(frozen=True, slots=True)
class Call:
    """A request that is known to lead to a location."""

    place: Place
    door: Door
    path: str


@dataclass(frozen=True)
class Subject:
    """What a scenario is run on; `tick` is called after every request."""

    tools: Tools
    targets: Targets
    stage: Stage
    calls: Sequence[Call]
    empty: frozenset[str]
    pace: Pace
    tick: Callable[[], None]

    @asynccontextmanager
    async def bench(self) -> AsyncIterator[Bench]:
        """Set up an experiment."""
        async with bench(self.tools, self.targets, empty=self.empty) as one:
            yield one

    @property
    def port(self) -> int:
        """A port that nginx listens on."""
        return self.calls[0].door.port


@dataclass(frozen=True, slots=True)
class _Seen:
    """An answer, and when its request was sent, in seconds of the lab from the beginning."""

    call: Call
    answer: Answer
    at: float


async def steady(subject: Subject) -> Run:
    """Ask while all services run and nothing changes."""
    async with subject.bench() as one:
        await one.stand_ins.up()
        return await _watched(subject, one, Scenario.STEADY)


async def restart(subject: Subject) -> Run:
    """Ask until every location has answered; then give every service a new address, and go on."""
    async with subject.bench() as one:
        await one.stand_ins.up()

        async def back() -> None:
            await _warm_up(subject, one)
            await one.stand_ins.move()

        return await _watched(subject, one, Scenario.RESTART, back)


async def absent(subject: Subject) -> Run:
    """Start nginx while no service runs, ask once, start the services, and go on."""
    async with subject.bench() as one:

        async def back() -> None:
            for call in subject.calls:
                await one.ask(call.door, call.path)
            await one.stand_ins.up()

        return await _watched(subject, one, Scenario.ABSENT, back)


SCENARIOS: Final = (steady, restart, absent)


def planned(places: int, pace: Pace) -> int:
    """Return how many requests the scenarios count at one stage."""
    return sum(places * rounds(places, pace.seconds(one)) for one in Scenario)


async def _warm_up(subject: Subject, one: Bench) -> None:
    for call in subject.calls:
        for _ in range(_WARM_UP):
            if (await one.ask(call.door, call.path)).answered:
                break


async def _watched(
    subject: Subject,
    one: Bench,
    scenario: Scenario,
    back: Callable[[], Coroutine[None, None, None]] | None = None,
) -> Run:
    """Run nginx, wait for the services to be `back`, and count from then on."""
    try:
        async with one.nginx(subject.port):
            await asyncio.sleep(_SETTLING)
            if back is not None:
                await back()
            before = len(one.log())
            seen = await _ask(subject, one, subject.pace.seconds(scenario))
            errors = kinds(one.log()[before:])
    except NotStarted as refused:
        return Run(scenario, subject.stage, 0, 0, dict(kinds(one.log())), refused=str(refused))
    answered = sum(each.answer.answered for each in seen)
    found = _found_again(subject, seen) if back is not None else None
    return Run(scenario, subject.stage, len(seen), answered, dict(errors), found)


async def _ask(subject: Subject, one: Bench, seconds: int) -> list[_Seen]:
    """Ask all locations in turn, evenly over a time of the stack."""
    calls = [*subject.calls] * rounds(len(subject.calls), seconds)
    loop = asyncio.get_running_loop()
    begin, gap = loop.time(), seconds / subject.pace.scale / len(calls)

    async def later(number: int, call: Call) -> _Seen:
        await asyncio.sleep(begin + number * gap - loop.time())
        sent = loop.time() - begin
        answer = await one.ask(call.door, call.path)
        subject.tick()
        return _Seen(call, answer, sent)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(later(number, call)) for number, call in enumerate(calls)]
    return [task.result() for task in tasks]


def _found_again(subject: Subject, seen: Sequence[_Seen]) -> float | None:
    """Return when every location had answered, in seconds of the stack."""
    first: dict[int, float] = {}
    for one in seen:
        if one.answer.answered:
            first.setdefault(one.call.place.number, one.at)
    everywhere = len(first) == len(subject.calls)
    return round(max(first.values()) * subject.pace.scale, 1) if everywhere else None
