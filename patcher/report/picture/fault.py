"""What is wrong at one point of a picture: always a finding, never a judgement of the picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from patcher.finding import Finding, Location
from patcher.records import dataclass
from patcher.stack.compose.service import Service


@dataclass(frozen=True, slots=True)
class Fault:
    """A finding in short: the id of its rule, and its message."""

    rule: str
    message: str

    @classmethod
    def of(cls, finding: Finding) -> Fault:
        """Return a finding in short."""
        return cls(finding.rule, finding.message)


Faults = tuple[Fault, ...]


def faults_of(findings: Iterable[Finding]) -> Faults:
    """Return findings in short, each once."""
    return tuple(dict.fromkeys(map(Fault.of, findings)))


def about_service(findings: Sequence[Finding], service: Service, *rules: str) -> list[Finding]:
    """Return the findings of `rules` whose primary place lies in a service's own definitions."""
    own = [part for part in service.parts if not part.extended] or service.parts[:1]
    places = [(part.tree.source.path, part.route) for part in own]
    return [
        one
        for one in findings
        if one.rule in rules and any(_is_in(one.where[0], *place) for place in places)
    ]


def about_place(findings: Sequence[Finding], place: Location, *rules: str) -> list[Finding]:
    """Return the findings of `rules` that name a place, whether first or related.

    Places are compared by path and route, which stay the same when lines move.
    """
    return [
        one
        for one in findings
        if one.rule in rules
        and any((at.path, at.route) == (place.path, place.route) for at in one.where)
    ]


def _is_in(place: Location, path: str, route: tuple[str | int, ...]) -> bool:
    return place.path == path and place.route[: len(route)] == route
