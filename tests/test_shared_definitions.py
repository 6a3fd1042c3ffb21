"""Stacks put together of anchors, aliases, merge keys and `extends`: every fix passes its gates.

The real Compose sees the services change that the fixes name, and a second run has nothing to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from patcher.engine.apply import edits_of
from patcher.engine.outcome import Outcome
from patcher.prove.compose_model import differences, merged
from patcher.stack.stack import Stack
from patcher.text import Route, Source
from tests.real_compose import needs_compose
from tests.stacks import fixed, result, stack_of
from tests.test_real_compose import model, written
from tests.variants import Sources

pytestmark = needs_compose

STORES = """\
  db:
    image: postgres:16-alpine
    environment: {POSTGRES_PASSWORD: example}
    healthcheck: {test: [CMD, pg_isready]}
  cache:
    image: redis:7-alpine
  mailer:
    image: example/mailer:1
"""
COMMANDS = ("gunicorn -b :8000 shop.wsgi", "gunicorn -b :9000 shop.wsgi", "celery -A shop worker")
STARTED = "{condition: service_started}"


class Writer:
    """Writes one stack; what has an anchor may be used further down."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.mappings: list[str] = []
        self.lists: list[str] = []

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def stack(self) -> str:
        lines = [line for n in range(self.random.randint(0, 3)) for line in self.extension(n)]
        lines += ["services:", *STORES.splitlines()]
        names = [f"app{n}" for n in range(self.random.randint(2, 5))]
        for index, name in enumerate(names):
            lines += self.service(name, names[:index])
        waited = ", ".join(self.random.sample(names, 2))
        lines += ["  proxy:", "    image: example/proxy:1", f"    depends_on: [{waited}]"]
        return "\n".join(lines) + "\n"

    def extension(self, number: int) -> Iterator[str]:
        name = f"x{number}"
        yield f"x-{number}: &{name}"
        yield from self.merge("  ", 40)
        yield "  restart: always"
        yield from self.body("  ", made=self.chance(70))
        self.mappings.append(name)

    def service(self, name: str, before: list[str]) -> Iterator[str]:
        if self.mappings and self.chance(10):
            yield f"  {name}: *{self.random.choice(self.mappings)}"
            return
        anchored = self.chance(40)
        yield f"  {name}: &{name}" if anchored else f"  {name}:"
        shared = [*self.merge("    ", 70)]
        if not shared and before and self.chance(40):
            shared = [f"    extends: {self.random.choice(before)}"]
        yield from shared
        yield "    labels: {role: app}"
        yield from self.body("    ", made=not shared or self.chance(10))
        self.mappings += [name] * anchored

    def merge(self, pad: str, percent: int) -> Iterator[str]:
        if self.mappings and self.chance(percent):
            chosen = self.random.sample(self.mappings, min(len(self.mappings), 2))
            names = ", ".join(f"*{name}" for name in chosen)
            yield f"{pad}<<: [{names}]" if self.chance(50) else f"{pad}<<: *{chosen[0]}"

    def body(self, pad: str, *, made: bool) -> Iterator[str]:
        if made:
            yield f"{pad}image: {self.random.choice(['python:3.12-slim', 'node:22-alpine'])}"
        if self.chance(50):
            yield f"{pad}command: {self.random.choice(COMMANDS)}"
        if self.chance(50):
            name = self.random.choice(["DB_HOST: db", "REDIS_HOST: cache"])
            yield f"{pad}environment: {{{name}}}"
        if self.chance(10):
            yield f'{pad}healthcheck: {{test: ["CMD", "true"]}}'
        if self.chance(50):
            yield from self.waits(pad)

    def waits(self, pad: str) -> Iterator[str]:
        names = self.random.sample(["db", "cache", "mailer"], self.random.randint(1, 3))
        if self.lists and self.chance(40):
            yield f"{pad}depends_on: *{self.random.choice(self.lists)}"
            return
        anchor = f"needs{len(self.lists)}"
        self.lists.append(anchor)
        yield f"{pad}depends_on: &{anchor}"
        long_form = self.chance(50)
        for name in names:
            yield f"{pad}  {name}: {STARTED}" if long_form else f"{pad}  - {name}  # {anchor}"


def named(outcome: Outcome, after: Stack) -> set[Route]:
    """Return the entries of services, and of the top level, that the fixes declared to change."""
    return {
        one.route[:3]
        for made in outcome.fixed
        if made.direct
        for edit in edits_of(made.finding)
        for touch in edit.touches
        for one in merged(after, edit.path, touch)
    }


@pytest.mark.parametrize("seed", range(40))
def test_every_fix_is_proven_and_compose_agrees(seed: int, tmp_path: Path) -> None:
    sources: Sources = {"compose.yaml": Source("compose.yaml", Writer(seed).stack())}
    before = model(written(sources, tmp_path))
    outcome = fixed(sources)
    assert outcome.held == ()
    assert outcome.fixed
    text = result(sources, outcome)["compose.yaml"].decode()
    fixed_sources: Sources = {"compose.yaml": Source("compose.yaml", text)}
    after = model(written(fixed_sources, tmp_path))
    declared = named(outcome, stack_of(fixed_sources))
    for route in differences(before, after):
        assert any(route[: len(one)] == one[: len(route)] for one in declared), route
    assert fixed(fixed_sources).changes == ()
