"""The same fixes as a series of steps, one a rule, each of which alone is a valid stack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from patcher.engine.fix import Choice, every, fix
from patcher.engine.gates import Failure
from patcher.engine.outcome import Fixed, Outcome
from patcher.errors import UserError
from patcher.finding import Safety
from patcher.records import dataclass
from patcher.rules.base import Rule
from patcher.stack.stack import Stack
from patcher.text import Source


@dataclass(frozen=True, slots=True)
class Step:
    """What one rule fixes on top of the steps before it: findings, and files after it by path."""

    rule: str
    fixed: tuple[Fixed, ...]
    files: Mapping[str, Source]


def steps(
    stack: Stack,
    outcome: Outcome,
    rules: Sequence[Rule],
    minimum: Safety,
    choice: Choice = every,
) -> tuple[Step, ...]:
    """Return an outcome as steps; all else is what it was made from.

    A rule whose fixes need those of another comes after it. Every step is a run of the engine of
    its own, gates included. Raises UserError where the steps do not add up to the outcome.
    """
    last: dict[str, int] = {}
    for one in outcome.fixed:
        if one.direct:
            last[one.finding.rule] = max(last.get(one.finding.rule, 0), one.in_pass)
    held = {one.finding.fingerprint: Failure(one.gate, one.saw) for one in outcome.held}
    order = sorted(last, key=lambda rule: (last[rule], rule))
    found: list[Step] = []
    texts: dict[str, str] = {}
    for count, rule in enumerate(order, start=1):
        chosen = [one for one in rules if one.id in order[:count]]
        so_far = fix(stack, chosen, minimum, choice, lambda one: held.get(one.fingerprint))
        files = {one.after.path: one.after for one in so_far.changes}
        changed = {path: one for path, one in files.items() if texts.get(path) != one.text}
        fixed = tuple(one for one in so_far.fixed if one.finding.rule == rule)
        texts = {path: one.text for path, one in files.items()}
        if changed:
            found.append(Step(rule, fixed, changed))
    if texts != _texts(outcome):
        todo = "run again without --per-rule"
        raise UserError("the fixes of these rules cannot be told apart", todo=todo)
    return tuple(found)


def _texts(outcome: Outcome) -> dict[str, str]:
    return {one.after.path: one.after.text for one in outcome.changes}
