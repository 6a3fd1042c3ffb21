"""Reports for the tests of the formats, with all that a hostile repository could put into them."""

from __future__ import annotations

from patcher.engine.outcome import Change, Fixed, Held, Outcome
from patcher.errors import UserError
from patcher.finding import Finding, Fix, Location, NoFix, Safety, Severity
from patcher.report.entries import Entry, Report, entries_of
from patcher.text import Edit, Source, Span

OLD = Source("compose.yaml", "services:\n  app:\n    image: x\n")
NEW = OLD.with_text(OLD.text + "networks: {}\n")
PLACE = Location.of(OLD, Span(12, 15), ("services", "app"))
EDIT = Edit("compose.yaml", 3, 4, "e\n")
FIX = Fix("do it", (EDIT,), "recreates", Safety.UNSAFE, "careful")
NO_FIX = NoFix("nobody knows", "ask")
SOURCES = {OLD.path: OLD}
PROBLEM = UserError("not valid", todo="mend it", path="a.yml", line=3, column=1)

HOSTILE = "\x1b[31m`</failure>` | [x](http://e.vil) ::error:: {0} @all ]]> 100%\n\ufffe\u202e,:"


def finding(
    remedy: Fix | NoFix,
    *,
    rule: str = "resolver-mixed",
    severity: Severity = Severity.ERROR,
    message: str = "it is bad",
    place: Location = PLACE,
) -> Finding:
    return Finding(rule, severity, message, "seen", (place,), remedy)


def checked(*found: Finding, problems: tuple[UserError, ...] = ()) -> Report:
    return Report(tuple(Entry.found(one, SOURCES) for one in found), problems)


def came_to(*, written: bool = False, statistics: bool = False) -> Report:
    """Return the report of one finding fixed, one held and one left."""
    outcome = Outcome(
        (Change(OLD, NEW), Change(None, Source("new.sh", "true\n"))),
        (Fixed(finding(FIX, rule="resolver-cache"), 1),),
        (Held(finding(FIX), "local", "a comment is lost"),),
        (finding(NO_FIX, severity=Severity.INFO),),
        2,
    )
    entries = entries_of(outcome, SOURCES)
    return Report(entries, (PROBLEM,), outcome, written=written, statistics=statistics)


def hostile() -> Report:
    """Return a report whose every text tries to be more than text."""
    remedies = (
        NoFix(HOSTILE, HOSTILE),
        Fix(HOSTILE, (EDIT,), HOSTILE, Safety.UNSAFE, HOSTILE),
    )
    place = Location(f"a b{HOSTILE}/é.yml", 2, 3, Span(12, 15), ("services", HOSTILE))
    found = [finding(one, message=HOSTILE, place=place) for one in remedies]
    problem = UserError(HOSTILE, todo=HOSTILE, path=HOSTILE, line=1, column=1)
    entries = tuple(Entry.found(one, {**SOURCES}) for one in found)
    return Report(entries, (problem,))
