"""The diagnosis: every group of failures with what the files and running containers say of it."""

from __future__ import annotations

from collections import Counter

from patcher.diagnose.causes import Cause, causes
from patcher.diagnose.facts import Fact, facts
from patcher.diagnose.failure import Group, Groups
from patcher.diagnose.join import join
from patcher.diagnose.kinds import general_causes
from patcher.diagnose.running import Running, cause_now, facts_now
from patcher.diagnose.tables import Tables
from patcher.engine.check import sort_out
from patcher.finding import Finding, Fix, Safety
from patcher.records import dataclass
from patcher.rules import all_rules
from patcher.stack.stack import Stack


@dataclass(frozen=True, slots=True)
class Explained:
    """One group of failures, what is known about it, and its causes, the most likely first.

    `services` are those that it may be about, one where that is certain.
    """

    group: Group
    services: tuple[str, ...]
    facts: tuple[Fact, ...]
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What a log told: groups, and failures beyond them that were only counted.

    `has_stack` tells whether files were looked at; `ignored` are the fingerprints of findings that
    a comment ignores; `missing_tables` are those that tell why a database of `databases` is empty.
    """

    explained: tuple[Explained, ...]
    others: int
    total: int
    has_stack: bool
    ignored: frozenset[str] = frozenset()
    databases: tuple[Tables, ...] = ()
    missing_tables: tuple[Finding, ...] = ()

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that find the most likely causes in the files, the most failures first."""
        counted: Counter[str] = Counter()
        for one in self.explained:
            for rule in {found.rule for cause in one.causes[:1] for found in cause.findings}:
                counted[rule] += one.group.count
        return tuple(sorted(counted, key=lambda rule: (-counted[rule], rule)))

    @property
    def is_fixed_safely(self) -> bool:
        """Whether one of these findings has a fix that is made without `--unsafe`."""
        likely = (one.causes[0] for one in self.explained if one.causes)
        remedies = (found.remedy for cause in likely for found in cause.findings)
        return any(isinstance(one, Fix) and one.safety is Safety.SAFE for one in remedies)


def without_stack(groups: Groups) -> Diagnosis:
    """Return what a log alone tells."""
    explained = tuple(
        Explained(one, (), (), general_causes(one.subject.kind)) for one in groups.sorted()
    )
    return Diagnosis(explained, groups.others, groups.total, has_stack=False)


def with_stack(groups: Groups, stack: Stack, running: Running | None = None) -> Diagnosis:
    """Return what a log, the stack's files and, where they are known, its containers tell.

    Every rule is asked, whatever the settings select.
    """
    is_asked = groups.total or running
    checked = sort_out(stack, all_rules() if is_asked else ())
    findings = (*checked.found, *checked.ignored)
    explained = tuple(_explained(one, stack, findings, running) for one in groups.sorted())
    tables = running.databases if running else ()
    empty = any(not one.problem and not one.count for one in tables)
    never = [one for one in findings if empty and one.rule == "migrations-never-run"]
    ignored = frozenset(one.fingerprint for one in checked.ignored)
    return Diagnosis(explained, groups.others, groups.total, True, ignored, tables, tuple(never))


def _explained(
    group: Group, stack: Stack, findings: tuple[Finding, ...], running: Running | None
) -> Explained:
    living = running.at(group.subject.host) if running else ()
    joined = join(stack, group.subject, findings, living)
    known, possible = list(facts(joined)), list(causes(joined))
    if running is not None:
        known += facts_now(joined, running)
        possible = [*cause_now(joined, running), *possible]
    names = tuple(one.name for one in joined.services)
    return Explained(group, names, tuple(known), tuple(possible))
