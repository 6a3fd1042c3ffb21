"""Outcomes of several stacks as one."""

from __future__ import annotations

from patcher.engine.many import merged, moved
from patcher.engine.outcome import Change, Fixed, Held, Outcome
from patcher.finding import Finding, Fix, Location, NoFix, Severity
from patcher.text import Edit, Source, Span

SOURCE = Source("compose.yaml", "services: {}\n")
PLACE = Location.of(SOURCE, Span(0, 8), ("services",))
FIX = Fix("do it", (Edit("compose.yaml", 0, 0, "# x\n"),), "nothing")


def finding(remedy: Fix | NoFix) -> Finding:
    return Finding("rule", Severity.ERROR, "bad", "seen", (PLACE,), remedy)


def test_every_path_is_told_from_above() -> None:
    outcome = Outcome(
        (Change(SOURCE, SOURCE), Change(None, Source("new.sh", ""))),
        (Fixed(finding(FIX), 1),),
        (Held(finding(FIX), "gone", "still there"),),
        (finding(NoFix("no")),),
        3,
    )
    there = moved(outcome, "apps/shop")
    changes = [(one.before and one.before.path, one.after.path) for one in there.changes]
    path = "apps/shop/compose.yaml"
    assert changes == [(path, path), (None, "apps/shop/new.sh")]
    found = [there.fixed[0].finding, there.held[0].finding, there.left[0]]
    assert {one.where[0].path for one in found} == {path}
    assert isinstance(found[0].remedy, Fix)
    assert found[0].remedy.edits[0].path == path
    assert there.passes == 3
    assert moved(outcome, "") is outcome


def test_a_file_goes_from_its_first_state_to_its_last() -> None:
    first, second, third = (SOURCE.with_text(text) for text in ("1", "2", "3"))
    other = Source("a.yaml", "")
    one = Outcome((Change(first, second),), passes=1)
    two = Outcome((Change(None, other), Change(second, third)), passes=4)
    both = merged([one, two])
    assert both.changes == (Change(None, other), Change(first, third))
    assert both.passes == 4
    assert merged([]) == Outcome()
