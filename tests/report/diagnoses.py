"""Diagnoses for the tests of their formats, with all that a hostile log could put into them."""

from __future__ import annotations

from patcher.diagnose.causes import Cause
from patcher.diagnose.diagnosis import Diagnosis, Explained
from patcher.diagnose.facts import Fact
from patcher.diagnose.failure import Group, Kind, Subject
from patcher.diagnose.tables import Tables
from patcher.errors import UserError
from patcher.finding import Location
from patcher.report.diagnosed import Diagnosed
from patcher.text import Span
from tests.report.reports import FIX, HOSTILE, PROBLEM, finding

NGINX = Location("nginx.conf", 7, 5, Span(0, 1), ("http", 0))
SERVICE = Location("compose.yaml", 3, 1, Span(0, 1), ("services", "app"))
LOOKUP = Subject(Kind.NOT_RESOLVED, "app", code=3, reason="Host not found")


def group(subject: Subject = LOOKUP, count: int = 2) -> Group:
    return Group(subject, "2025/11/21 10:00:00", "2025/11/21 10:00:09", count)


def explained(one: Group, *facts: Fact, causes: tuple[Cause, ...] = ()) -> Explained:
    return Explained(one, ("app",), facts, causes)


def diagnosed(
    *groups: Explained, others: int = 0, too_many: bool = True, prefix: str = ""
) -> Diagnosed:
    total = sum(one.group.count for one in groups) + others
    diagnosis = Diagnosis(groups, others, total, has_stack=True)
    return Diagnosed(diagnosis, too_many=too_many, prefix=prefix)


FACTS = (Fact("service", "`app`", SERVICE), Fact("directive", "`proxy_pass $u`", NGINX))
BY_RULE = Cause("two servers", "watch it", ("resolver-mixed",), (finding(FIX),))
KNOWN = explained(group(), *FACTS, causes=(BY_RULE,))
BY_DIRECTIVE = explained(group(Subject(Kind.CLOSED, "10.0.0.5", 80)), *FACTS)
NOWHERE = explained(group(Subject(Kind.NO_RESOLVER, "other"), 1))


def hostile() -> Diagnosed:
    """Return a diagnosis whose every text tries to be more than text."""
    subject = Subject(Kind.REFUSED, HOSTILE, 80, 111, HOSTILE, HOSTILE, HOSTILE)
    place = Location(f"a b{HOSTILE}/é.conf", 2, 3, Span(0, 1), (HOSTILE,))
    bad = finding(FIX, message=HOSTILE, place=place)
    cause = Cause(HOSTILE, HOSTILE, ("resolver-mixed",), (bad,))
    one = explained(group(subject), Fact("service", HOSTILE, SERVICE), causes=(cause,))
    databases = (Tables(HOSTILE, problem=HOSTILE), Tables(HOSTILE, 3, (HOSTILE,)))
    diagnosis = Diagnosis((one,), 0, 2, True, frozenset(), databases)
    problem = UserError(HOSTILE, todo=HOSTILE, path=HOSTILE, line=1, column=1)
    return Diagnosed(diagnosis, (problem, PROBLEM), too_many=True)
