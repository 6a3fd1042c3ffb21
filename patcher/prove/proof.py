"""Fixes made, and put to the real programs; where one refuses them, the fix responsible is held."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from patcher.engine.fix import Choice, every, fix
from patcher.engine.gates import Failure
from patcher.engine.outcome import Fixed, Outcome
from patcher.engine.statement import Statement, Statements, Status
from patcher.finding import Finding, Safety
from patcher.prove.compose import PROGRAM as COMPOSE
from patcher.prove.compose import ComposeProof
from patcher.prove.compose_reading import Reader
from patcher.prove.nginx import NginxProof
from patcher.prove.programs import Programs
from patcher.rules.base import Rule
from patcher.stack.stack import Stack

_SET_ASIDE: Final = Failure("prove", "set aside")


@dataclass
class Prover:
    """Proves the fixes of one stack with real programs, in the private directory `folder`."""

    programs: Programs
    stack: Stack
    rules: Sequence[Rule]
    minimum: Safety
    folder: Path
    choice: Choice = every
    _refused: dict[str, Failure] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._compose = ComposeProof(Reader(self.programs.compose, self.folder))
        self._nginx = NginxProof(self.programs.nginx, self.folder)

    def prove(self) -> Outcome:
        """Return the fixes that the programs take, the others held, and what was said of them."""
        while True:
            outcome = self._fix(self._known_refusal)
            statements = self.examine(self._patched(outcome), outcome.fixed)
            refuted = next((one for one in statements if one.status is Status.REFUTED), None)
            if refuted is None:
                return replace(outcome, proof=statements)
            self._hold(outcome, refuted)

    def _fix(self, refused: Callable[[Finding], Failure | None]) -> Outcome:
        return fix(self.stack, self.rules, self.minimum, self.choice, refused)

    def examine(self, after: Stack, fixed: Sequence[Fixed]) -> Statements:
        """Return what the programs say of the step from the stack to `after`."""
        return tuple(self._statements(after, fixed)) if fixed else ()

    def _patched(self, outcome: Outcome) -> Stack:
        return self.stack.patched({one.after.path: one.after for one in outcome.changes})

    def _statements(self, after: Stack, fixed: Sequence[Fixed]) -> Iterator[Statement]:
        if (statement := self._compose.examine(self.stack, after, fixed)) is not None:
            yield statement
        yield from self._nginx.examine(self.stack, after)

    def _known_refusal(self, finding: Finding) -> Failure | None:
        return self._refused.get(finding.fingerprint)

    def _hold(self, outcome: Outcome, refuted: Statement) -> None:
        """Find the fix that a program refuses, by halving, and hold it from now on.

        The fixes are tried in the order they were made in, because a later one may need those
        before it: the first so many of them pass, and with one more they do not.
        """
        direct = sorted((one for one in outcome.fixed if one.direct), key=lambda one: one.in_pass)
        prints = [one.finding.fingerprint for one in direct]
        saw = refuted
        good, bad = 0, len(prints)
        while bad - good > 1:
            middle = (good + bad) // 2
            found = self._refuted(set(prints[:middle]), refuted)
            if found is None:
                good = middle
            else:
                bad, saw = middle, found
        self._refused[prints[bad - 1]] = Failure(_gate(saw), saw.said)

    def _refuted(self, prints: set[str], like: Statement) -> Statement | None:
        """Return how the program refuses these fixes alone; None where it does not."""

        def refusal(finding: Finding) -> Failure | None:
            return None if finding.fingerprint in prints else _SET_ASIDE

        outcome = self._fix(refusal)
        after = self._patched(outcome)
        if like.program == COMPOSE:
            compose = self._compose.examine(self.stack, after, outcome.fixed)
            said: Statements = () if compose is None else (compose,)
        else:
            said = tuple(self._nginx.examine(self.stack, after))
        refuted = (one for one in said if one.status is Status.REFUTED)
        return next((one for one in refuted if one.subject == like.subject), None)


def _gate(statement: Statement) -> str:
    return "compose takes it" if statement.program == COMPOSE else "nginx takes it"
