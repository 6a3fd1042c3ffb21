"""Choosing fixes one by one: what is offered next, and what an answer changes.

After each answer the fix loop runs again from the unchanged files with what was accepted, so what
is offered is what would be written, and every gate has passed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field

from patcher.engine.fix import Choice, fix
from patcher.engine.outcome import Change, Fixed, Held, Outcome
from patcher.finding import Finding, Fix, Safety
from patcher.records import dataclass
from patcher.rules.base import Rule
from patcher.stack.stack import Stack


@dataclass(frozen=True, slots=True)
class Offer:
    """A fix to decide on, on top of those accepted.

    `changes` is what it alone changes, `brings` what it fixes besides its own finding. `number`
    counts the offers from 1, `total` how many there are as things stand.
    """

    finding: Finding
    changes: tuple[Change, ...]
    brings: tuple[Finding, ...]
    number: int
    total: int


@dataclass
class Choosing:
    """The fixes of one stack, decided on in the order of their places."""

    stack: Stack
    rules: Sequence[Rule]
    minimum: Safety
    _accepted: set[str] = field(default_factory=set)
    _declined: set[str] = field(default_factory=set)
    _held: set[str] = field(default_factory=set)
    _takes_rest: bool = False

    def __post_init__(self) -> None:
        self._now = self._run(self.choice)
        self._possible = self._run(self._not_declined)
        self._with: Outcome | None = None

    def choice(self, finding: Finding) -> bool:
        """Tell whether a finding's fix was accepted."""
        return finding.fingerprint in self._accepted or (
            self._takes_rest and self._not_declined(finding)
        )

    def next(self) -> Offer | Held | None:
        """Return what to decide on next, or a fix that a gate holds; None at the end.

        The same is returned until it is accepted or declined; a held one is returned once.
        """
        one = next((one for one in self._now.left if self._is_open(one)), None)
        if one is None or self._takes_rest:
            return None
        key = one.fingerprint
        self._with = self._run(lambda other: self.choice(other) or other.fingerprint == key)
        for held in self._with.held:
            if held.finding.fingerprint == key:
                self._held.add(key)
                return held
        return self._offer(one, self._with)

    def accept(self, offer: Offer) -> None:
        """Make the fix that was offered."""
        self._accepted.add(offer.finding.fingerprint)
        self._now = self._with or self._run(self.choice)

    def accept_rest(self) -> None:
        """Make every fix that was not declined, those that become possible later, too."""
        self._takes_rest = True

    def decline(self, offer: Offer) -> tuple[Finding, ...]:
        """Leave the finding; return those that cannot be fixed without its fix."""
        self._declined.add(offer.finding.fingerprint)
        before, self._possible = self._possible, self._run(self._not_declined)
        still = {*_keys(self._possible.fixed), *self._declined, *_keys(self._now.fixed)}
        return tuple(one.finding for one in before.fixed if one.finding.fingerprint not in still)

    def _run(self, choice: Choice) -> Outcome:
        return fix(self.stack, self.rules, self.minimum, choice)

    def _not_declined(self, finding: Finding) -> bool:
        return finding.fingerprint not in self._declined

    def _is_open(self, one: Finding) -> bool:
        decided = {*self._accepted, *self._declined, *self._held}
        is_fix = isinstance(one.remedy, Fix) and one.remedy.safety >= self.minimum
        return is_fix and one.fingerprint not in decided

    def _offer(self, finding: Finding, after: Outcome) -> Offer:
        known = {*_keys(self._now.fixed), finding.fingerprint}
        brings = (one.finding for one in after.fixed if one.finding.fingerprint not in known)
        number = len(self._accepted) + len(self._declined) + 1
        direct = {one.finding.fingerprint for one in self._possible.fixed if one.direct}
        total = max(len(direct | self._accepted | self._declined), number)
        return Offer(finding, _between(self._now, after), tuple(brings), number, total)


def _keys(fixed: Iterable[Fixed]) -> set[str]:
    return {one.finding.fingerprint for one in fixed}


def _between(earlier: Outcome, later: Outcome) -> tuple[Change, ...]:
    """Return the changes from one outcome of a stack to another."""
    old = {one.after.path: one for one in earlier.changes}
    new = {one.after.path: one for one in later.changes}
    found = []
    for path, change in sorted(new.items()):
        before = old[path].after if path in old else change.before
        if before is None or before.text != change.after.text:
            found.append(Change(before, change.after))
    return tuple(found)
