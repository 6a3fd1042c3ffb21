"""The fix loop: check, choose, splice, prove, and again until nothing is proposed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field, replace
from typing import Final

from patcher.engine.apply import choose, patched
from patcher.engine.check import check, sort_out
from patcher.engine.gates import Failure, Trial, examine
from patcher.engine.outcome import Fixed, Held, Outcome, changes
from patcher.finding import Finding, Fix, Safety
from patcher.records import dataclass
from patcher.rules.base import Rule
from patcher.stack.stack import Stack

MAX_PASSES: Final = 10

Choice = Callable[[Finding], bool]
"""Whether the fix of a finding is wanted."""


def every(_: Finding) -> bool:
    """Want every fix."""
    return True


def _none(_: Finding) -> None:
    return None


def fix(
    stack: Stack,
    rules: Sequence[Rule],
    minimum: Safety = Safety.SAFE,
    choice: Choice = every,
    refused: Callable[[Finding], Failure | None] = _none,
) -> Outcome:
    """Fix what `rules` find with fixes at least `minimum` safe, every one proven by the gates.

    A finding whose fix is not wanted by `choice` is left.
    `refused` tells of a finding why its fix is held without a trial, because a proof outside of
    the gates has failed; None lets it through.

    One fix may make the next possible, so passes go on until none is proposed. Where that does
    not come about in ten passes, or a text comes back, the original is given back and every fix
    is held: gate 6, stability.
    """
    run = _Run(stack, rules, minimum, choice, refused)
    for number in range(1, MAX_PASSES + 1):
        if not run.one_pass(number):
            return run.outcome(stack, number)
        if run.is_going_round:
            return run.unstable(stack, "a pass brought an earlier text back", number)
    return run.unstable(stack, f"still proposing edits after {MAX_PASSES} passes", MAX_PASSES)


@dataclass
class _Run:
    stack: Stack
    rules: Sequence[Rule]
    minimum: Safety
    choice: Choice
    refused: Callable[[Finding], Failure | None]
    fixed: list[Fixed] = field(default_factory=list)
    held: dict[str, Held] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    ignored: tuple[Finding, ...] = ()
    original: dict[str, tuple[int, Finding]] = field(default_factory=dict)
    texts: list[frozenset[tuple[str, str]]] = field(default_factory=lambda: [frozenset()])

    def __post_init__(self) -> None:
        checked = sort_out(self.stack, self.rules)
        self.findings, self.ignored = checked.found, checked.ignored
        self.original = {one.fingerprint: (rank, one) for rank, one in enumerate(self.findings)}

    def one_pass(self, number: int) -> bool:
        """Make one pass; False where nothing was proposed."""
        self._hold_refused()
        free = [
            one for one in self.findings if one.fingerprint not in self.held and self.choice(one)
        ]
        chosen = choose(free, self.minimum)
        trial = self._sift(None, chosen) if chosen else None
        if trial is not None:
            self._record(trial, number)
            self.stack, self.findings = trial.after, tuple(trial.new_findings)
            self.ignored = tuple(trial.new_ignored)
            self.texts.append(self._texts())
        return bool(chosen)

    def _hold_refused(self) -> None:
        for one in self.findings:
            is_made = isinstance(one.remedy, Fix) and one.remedy.safety >= self.minimum
            if is_made and (failure := self.refused(one)) is not None:
                self.held.setdefault(one.fingerprint, Held(one, failure.gate, failure.saw))

    def _record(self, trial: Trial, number: int) -> None:
        made = {one.fingerprint for one in trial.fixes}
        left = {one.fingerprint for one in trial.new_findings}
        for finding in trial.old_findings:
            if finding.fingerprint not in left:
                direct = finding.fingerprint in made
                self.fixed.append(Fixed(self._as_first_found(finding), number, direct))

    def _sift(self, proven: Trial | None, group: Sequence[Finding]) -> Trial | None:
        """Prove a group on top of `proven`; halve it until what a gate refuses stands alone."""
        trial = self._trial([*(proven.fixes if proven else ()), *group])
        failure = examine(trial)
        if failure is None:
            return trial
        if len(group) == 1:
            self.held[group[0].fingerprint] = Held(group[0], failure.gate, failure.saw)
            return proven
        middle = len(group) // 2
        return self._sift(self._sift(proven, group[:middle]), group[middle:])

    def _trial(self, fixes: Sequence[Finding]) -> Trial:
        after = patched(self.stack, fixes)
        new = sort_out(after, self.rules)
        return Trial(self.stack, after, self.findings, new.found, fixes, self.ignored, new.ignored)

    def _as_first_found(self, finding: Finding) -> Finding:
        """Return the finding with place and evidence of the unchanged files, where it was there."""
        _, first = self.original.get(finding.fingerprint, (0, finding))
        return replace(first, remedy=finding.remedy)

    def _rank(self, one: Fixed) -> int:
        return self.original.get(one.finding.fingerprint, (len(self.original), None))[0]

    def _texts(self) -> frozenset[tuple[str, str]]:
        return frozenset((path, source.text) for path, source in self.stack.changed.items())

    @property
    def is_going_round(self) -> bool:
        """Whether a text has come back."""
        return len(set(self.texts)) < len(self.texts)

    def outcome(self, before: Stack, passes: int) -> Outcome:
        """Return what the run came to."""
        held = tuple(
            replace(one, finding=self._as_first_found(one.finding)) for one in self.held.values()
        )
        left = tuple(
            self._as_first_found(one) for one in self.findings if one.fingerprint not in self.held
        )
        fixed = tuple(sorted(self.fixed, key=self._rank))
        return Outcome(changes(before, self.stack), fixed, held, left, passes)

    def unstable(self, before: Stack, saw: str, passes: int) -> Outcome:
        """Return the original stack, with every fix held by gate 6."""
        fixed = (Held(one.finding, "stable", saw) for one in self.fixed if one.direct)
        held = (*self.held.values(), *fixed)
        known = {one.finding.fingerprint for one in held}
        left = tuple(one for one in check(before, self.rules) if one.fingerprint not in known)
        return Outcome((), (), held, left, passes)
