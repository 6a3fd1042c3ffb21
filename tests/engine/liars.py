"""Rules that do wrong on purpose, one way each, to see what the engine makes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from patcher.finding import Finding, Fix, Fixable, Location, Safety, Severity
from patcher.rules.base import Rule
from patcher.stack.stack import Stack
from patcher.text import Edit, Route, Span, Touch

PATH = "compose.yaml"
COMPOSE = """\
# kept
services:
  app:
    image: example/app:1  # pinned
    restart: "no"
  db:
    image: postgres:16
"""

Edits = Callable[[str], tuple[Edit, ...]]


def rule(
    name: str,
    old: str,
    edits: Edits,
    *,
    severity: Severity = Severity.ERROR,
    safety: Safety = Safety.SAFE,
) -> Rule:
    """Make a rule that finds the text `old` in the compose file and proposes `edits` of it."""

    def check(stack: Stack) -> Iterator[Finding]:
        source = stack.files.read(PATH)
        if source is None or old not in source.text:
            return
        start = source.text.index(old)
        where = (Location.of(source, Span(start, start + len(old)), (name,)),)
        why = "" if safety is Safety.SAFE else "more may change"
        fix = Fix(f"change {old}", edits(source.text), "nothing", safety, why)
        yield Finding(name, severity, f"{old} is there", "seen", where, fix)

    return Rule(name, severity, Fixable.ALWAYS, check, "A rule.")


def replacing(old: str, new: str, *touches: Touch) -> Edits:
    """Replace the first `old` by `new`, declaring `touches`."""

    def edits(text: str) -> tuple[Edit, ...]:
        start = text.index(old)
        return (Edit(PATH, start, start + len(old), new, touches),)

    return edits


def sets(service: str, key: str, value: object) -> Touch:
    """Declare that a service's key now holds `value`."""
    route: Route = ("services", service, key)
    return Touch(route, value)


HONEST = rule("honest", "app:1", replacing("app:1", "app:2", sets("app", "image", "example/app:2")))
