"""The failures of a diagnosis counted by kind."""

from __future__ import annotations

from collections import Counter

from patcher.diagnose.diagnosis import Diagnosis
from patcher.report.statistics import Cells


def by_kind(diagnosis: Diagnosis) -> list[tuple[str, int, int]]:
    """Return each kind with its failures and groups: most failures first, then by kind.

    Failures beyond the groups that are kept have no kind here.
    """
    failures: Counter[str] = Counter()
    groups: Counter[str] = Counter()
    for one in diagnosis.explained:
        failures[one.group.subject.kind] += one.group.count
        groups[one.group.subject.kind] += 1
    kinds = sorted(failures, key=lambda kind: (-failures[kind], kind))
    return [(str(kind), failures[kind], groups[kind]) for kind in kinds]


def cells(diagnosis: Diagnosis) -> list[Cells]:
    """Return the table of the kinds, its head first."""
    rows = [(kind, str(failures), str(groups)) for kind, failures, groups in by_kind(diagnosis)]
    return [("kind", "failures", "groups"), *rows]
