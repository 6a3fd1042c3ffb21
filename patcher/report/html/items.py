"""The findings of a page, whatever became of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from patcher.engine.outcome import Outcome
from patcher.finding import Finding, Fix, NoFix, Safety


class Status(Enum):
    """What became of a finding; the value is how a page says it."""

    FIXED = "fixed"
    HELD = "held"
    LEFT = "left"
    FOUND = "found"


@dataclass(frozen=True, slots=True)
class Item:
    """One finding. `direct`: its own fix was made. `gate` and `saw`: what held it."""

    status: Status
    finding: Finding
    direct: bool = True
    gate: str = ""
    saw: str = ""

    @property
    def made(self) -> Fix | None:
        """The fix that was made for this finding itself."""
        remedy = self.finding.remedy
        is_made = self.status is Status.FIXED and self.direct
        return remedy if is_made and isinstance(remedy, Fix) else None

    @property
    def details(self) -> list[tuple[str, str]]:
        """What a reader is told beside message and evidence, each with its name."""
        return [(name, text) for name, text in self._details() if text]

    def _details(self) -> Iterable[tuple[str, str]]:
        remedy = self.finding.remedy
        if self.status is Status.FIXED and not self.direct:
            return [("Fix", "another fix brings it")]
        if self.status is Status.HELD:
            held = f"{self.gate}: {self.saw}"
            return [
                ("Fix", remedy.title if isinstance(remedy, Fix) else ""),
                ("Held by gate", held),
            ]
        if isinstance(remedy, NoFix):
            return [("No fix", remedy.reason), ("By hand", remedy.by_hand)]
        how = "Fix" if self.made or remedy.safety is Safety.SAFE else "Fix with --unsafe"
        if remedy.safety is Safety.DISPLAY:
            how = "By hand"
        return [(how, remedy.title), ("Next up", remedy.next_up), ("Take care", remedy.why)]


def items_of(outcome: Outcome) -> list[Item]:
    """Return the findings of an outcome: those that need a person first."""
    held = [Item(Status.HELD, one.finding, gate=one.gate, saw=one.saw) for one in outcome.held]
    left = [Item(Status.LEFT, one) for one in outcome.left]
    fixed = [Item(Status.FIXED, one.finding, one.direct) for one in outcome.fixed]
    return [*held, *left, *fixed]


def found_items(findings: Iterable[Finding]) -> list[Item]:
    """Return the findings of `check`."""
    return [Item(Status.FOUND, one) for one in findings]
