"""What the formats of a diagnosis are made from, and its groups as results with a place each."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from patcher.diagnose.diagnosis import Diagnosis, Explained
from patcher.diagnose.failure import MAX_GROUPS, Kind, Subject
from patcher.diagnose.kinds import title
from patcher.errors import UserError
from patcher.finding import Location, Severity, digest
from patcher.records import dataclass
from patcher.report.diagnosis_lines import Line, lines

NOT_GROUPED: Final = "nginx/not-grouped"
"""The rule of what is only counted."""

Related = tuple[str, Location]


@dataclass(frozen=True, slots=True)
class Diagnosed:
    """All that a format has to tell of a diagnosis.

    `too_many` tells that there are more failures than are allowed, `statistics` asks for counts by
    kind. Results have their places below `prefix`. `followed` tells that failures were reported as
    they came.
    """

    diagnosis: Diagnosis
    problems: tuple[UserError, ...] = ()
    too_many: bool = False
    statistics: bool = False
    prefix: str = ""
    followed: bool = False

    @property
    def severity(self) -> Severity:
        """How bad the failures are: no more than a warning where so many are allowed."""
        return Severity.ERROR if self.too_many else Severity.WARNING


@dataclass(frozen=True, slots=True)
class Result:
    """A group of failures as pipelines show it.

    `rule` is of its kind, `name` what failed. `where` is the line of the configuration that it
    most likely comes from, None where no file has one; `related` are other lines that belong to it,
    each with what it is.
    `fingerprint` identifies it as long as the same fails at the same host.
    """

    rule: str
    name: str
    count: int
    fingerprint: str
    lines: tuple[Line, ...] = ()
    where: Location | None = None
    related: tuple[Related, ...] = ()

    @property
    def title(self) -> str:
        """The name, and how often it failed."""
        return self.name if self.count == 1 else f"{self.name}, {self.count} times"

    @property
    def facts(self) -> Iterator[tuple[str, str]]:
        """The lines, each with its name."""
        return ((line.about, line.words) for line in self.lines)


def results(report: Diagnosed) -> tuple[Result, ...]:
    """Return a result for each group, and one for what is only counted."""
    diagnosis = report.diagnosis
    told = [_result(one, report) for one in diagnosis.explained]
    return (*told, _not_grouped(diagnosis.others)) if diagnosis.others else tuple(told)


def _not_grouped(number: int) -> Result:
    name = f"failures beyond the first {MAX_GROUPS} groups"
    why = Line("only counted", "the log holds very many names")
    return Result(NOT_GROUPED, name, number, digest(NOT_GROUPED)[:16], (why,))


def rule_of(kind: Kind) -> str:
    """Return the rule that results of a kind belong to."""
    return f"nginx/{kind}"


def _result(one: Explained, report: Diagnosed) -> Result:
    subject, group = one.group.subject, one.group
    rule = rule_of(subject.kind)
    places = _places(one, report.prefix)
    return Result(
        rule,
        title(subject),
        group.count,
        _fingerprint(rule, subject),
        tuple(lines(one, report.diagnosis)),
        places[0][1] if places else None,
        tuple(places[1:]),
    )


def _places(one: Explained, prefix: str) -> list[Related]:
    """Return the lines that belong to a group, each once, below `prefix`."""
    places: dict[tuple[str, int], Related] = {}
    for what, place in _belonging(one):
        moved = replace(place, path=posixpath.join(prefix, place.path))
        places.setdefault((place.path, place.line), (what, moved))
    return list(places.values())


def _belonging(one: Explained) -> Iterator[Related]:
    """Yield the places of the causes, the likeliest first, then those of what is known.

    Of the latter the directive that asked says more than the service.
    """
    for cause in one.causes:
        for finding in cause.findings:
            yield from ((f"{finding.rule}: {finding.message}", place) for place in finding.where)
    for known in sorted(one.facts, key=lambda known: known.about != "directive"):
        if known.where is not None:
            yield f"{known.about}: {known.text}", known.where


def _fingerprint(rule: str, subject: Subject) -> str:
    """Identify a group without what changes when files do: counts, times, lines."""
    return digest(rule, subject.address, str(subject.code), subject.server, str(subject.is_ocsp))[
        :16
    ]
