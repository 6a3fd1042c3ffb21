"""The gates: each refuses its own kind of wrong fix, alone, and the honest one goes through."""

from __future__ import annotations

from dataclasses import replace

import pytest

from patcher.engine.apply import patched
from patcher.engine.check import check
from patcher.engine.fix import fix
from patcher.engine.gates import Trial, examine
from patcher.finding import Severity
from patcher.rules.base import Rule
from patcher.text import Source, Touch
from tests.engine.liars import COMPOSE, HONEST, PATH, replacing, rule, sets
from tests.stacks import stack_of

IMAGE = sets("db", "image", "postgres:17")
STACK = {PATH: Source(PATH, COMPOSE)}
BROKEN = rule("broken", "postgres:16", replacing("postgres:16", "[postgres:16", IMAGE))
COMMENT = rule("comment", "# kept", replacing("# kept", "# lost"))
UNDECLARED = rule("undeclared", "postgres:16", replacing("postgres:16", "postgres:17"))
WRONG_VALUE = rule(
    "wrong-value", ":16", replacing("postgres:16", "postgres:18", IMAGE), severity=Severity.ERROR
)
WRONG_TYPE = rule("wrong-type", '"no"', replacing('"no"', "false", sets("app", "restart", "false")))
TOO_MUCH = rule(
    "too-much",
    "postgres:16",
    replacing("postgres:16", "postgres:17\n    tty: true", IMAGE),
)
NOTHING = rule(
    "nothing", "postgres:16", replacing("postgres:16", "postgres:16 ", sets("db", "tty", True))
)
DECLARED_NOT_DONE = rule(
    "declared-not-done",
    "postgres:16",
    replacing("postgres:16", "postgres:17", IMAGE, sets("app", "image", "example/app:1")),
)
NEWER = replacing("postgres:16", "postgres:17", IMAGE)
STILL_THERE = rule(
    "still-there", "services", lambda text: NEWER(text) if "postgres:16" in text else ()
)
SAME = rule("same", "services", replacing("postgres:16", "postgres:16"))
BRINGS = rule("brings", "postgres:16", replacing("postgres:16", "postgres:17", IMAGE))
BROUGHT = rule("brought", "postgres:17", replacing("postgres:17", "postgres:18"))
HARMLESS = rule("harmless", "postgres:17", lambda _: (), severity=Severity.WARNING)

LIES = [
    (BROKEN, "parses", "not valid YAML"),
    (COMMENT, "local", "lost the comment '# kept'"),
    (UNDECLARED, "intended", "`services.db.image` is not what was declared"),
    (WRONG_VALUE, "intended", "`services.db.image` is not what was declared"),
    (WRONG_TYPE, "intended", "`services.app.restart` is not what was declared"),
    (TOO_MUCH, "intended", "`services.db.tty` is not what was declared"),
    (NOTHING, "intended", "`services.db.tty` is not what was declared"),
    (DECLARED_NOT_DONE, "intended", "`services.app.image` was declared to change and did not"),
    (STILL_THERE, "gone", "still-there is still found"),
    (SAME, "gone", "same is still found"),
]


@pytest.mark.parametrize(("liar", "gate", "saw"), LIES, ids=lambda one: getattr(one, "id", ""))
def test_a_lie_is_held_alone(liar: Rule, gate: str, saw: str) -> None:
    outcome = fix(stack_of(STACK), [HONEST, liar])
    (held,) = outcome.held
    assert (held.finding.rule, held.gate) == (liar.id, gate)
    assert saw in held.saw
    assert [one.finding.rule for one in outcome.fixed] == ["honest"]
    (change,) = outcome.changes
    assert change.after.text == COMPOSE.replace("app:1", "app:2")


def test_a_fix_must_not_bring_a_finding_as_severe() -> None:
    outcome = fix(stack_of(STACK), [BRINGS, BROUGHT])
    assert [(one.finding.rule, one.gate) for one in outcome.held] == [("brings", "no worse")]
    assert outcome.changes == ()


def test_a_less_severe_finding_may_appear() -> None:
    outcome = fix(stack_of(STACK), [BRINGS, HARMLESS])
    assert [one.finding.rule for one in outcome.fixed] == ["brings"]
    assert [one.finding.rule for one in outcome.held] == ["harmless"]


def trial(liar: Rule) -> Trial:
    stack = stack_of(STACK)
    found = check(stack, [liar])
    after = patched(stack, found)
    return Trial(stack, after, found, check(after, [liar]), found)


def test_an_honest_trial_passes() -> None:
    assert examine(trial(HONEST)) is None


def test_text_outside_the_edits_must_stay() -> None:
    honest = trial(HONEST)
    changed = honest.after.files.read(PATH)
    assert changed is not None
    for text in (changed.text + "#", changed.text.replace("# kept", "#kept!")):
        other = honest.before.patched({PATH: changed.with_text(text)})
        failure = examine(replace(honest, after=other))
        assert failure is not None
        assert (failure.gate, failure.saw) == ("local", f"{PATH} changed outside of the edits")


def test_byte_order_mark_and_mode_must_stay() -> None:
    honest = trial(HONEST)
    changed = honest.after.files.read(PATH)
    assert changed is not None
    for source in (replace(changed, bom=True), replace(changed, mode=0o600)):
        failure = examine(replace(honest, after=honest.before.patched({PATH: source})))
        assert failure is not None
        assert failure.gate == "local"


def test_a_change_that_changes_nothing_is_no_fix() -> None:
    quiet = rule("quiet", "services", replacing("postgres:16", "postgres:16"))
    silent = trial(quiet)
    failure = examine(replace(silent, new_findings=()))
    assert failure is not None
    assert (failure.gate, failure.saw) == ("diff reads back", f"{PATH} does not change")


def test_a_declared_change_that_leads_nowhere_is_refused() -> None:
    lost = rule(
        "lost", ":16", replacing("postgres:16", "postgres:17", IMAGE, Touch(("x", "y", "z"), 1))
    )
    failure = examine(trial(lost))
    assert failure is not None
    assert failure.gate == "intended"
