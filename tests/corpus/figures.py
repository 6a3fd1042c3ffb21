"""The table of figures that a run over the corpus prints."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.corpus.model import Agreement
from tests.corpus.trial import GOALS, Result

_STATES = ("found", "fixed", "held", "left")
_NAMES = (
    (re.compile(r"`[^`]*`(, `[^`]*`)*( and \d+ more)?"), "`…`"),
    (re.compile(r"\bimage (of )?\S+"), r"image \1…"),
    (re.compile(r"\S+\.(ya?ml|conf)\b"), r"….\1"),
    (re.compile(r"\b\d{2,5}(, \d{2,5})*\b"), "…"),
)


@dataclass
class Figures:
    """What all cases of one kind came to."""

    cases: dict[str, list[tuple[str, str]]] = field(
        default_factory=lambda: {figure: [] for figure in GOALS}
    )
    counts: Counter[str] = field(default_factory=Counter)
    rules: Counter[tuple[str, str]] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    notes: list[tuple[str, str]] = field(default_factory=list)

    def add(self, result: Result) -> None:
        """Count one case in."""
        for figure, what in result.failures:
            self.cases[figure].append((result.case, what))
        self.notes += [(result.case, note) for note in result.notes]
        self.counts.update(result.counts)
        self.rules.update(result.rules)
        for (rule, reason), count in result.reasons.items():
            self.reasons[rule, masked(reason)] += count

    @property
    def failed(self) -> bool:
        """Whether a figure whose goal is 0 is another number."""
        return any(self.cases.values())

    def as_json(self) -> dict[str, Any]:
        """Return everything as plain data."""
        rules: dict[str, dict[str, int]] = {}
        for (rule, state), count in sorted(self.rules.items()):
            rules.setdefault(rule, {})[state] = count
        return {
            "figures": {figure: len(cases) for figure, cases in self.cases.items()},
            "cases": {figure: cases for figure, cases in self.cases.items() if cases},
            "counts": dict(sorted(self.counts.items())),
            "rules": rules,
            "left": [[*key, count] for key, count in self.reasons.most_common()],
        }

    def lines(self, *, verbose: bool) -> Iterator[str]:
        """Yield the table as text; `verbose` lists the cases behind each figure."""
        for figure, cases in self.cases.items():
            yield f"{len(cases):6}  {figure}"
            if verbose:
                yield from (f"          {case}: {what}" for case, what in cases)
        yield from ("", *(f"{count:6}  {what}" for what, count in sorted(self.counts.items())))
        yield from ("", *self._rule_lines())
        if self.reasons:
            yield from ("", "why findings are left:")
            yield from (
                f"{count:6}  {rule}: {reason}"
                for (rule, reason), count in self.reasons.most_common()
            )
        if verbose:
            yield from ("", "notes:", *(f"        {case}: {note}" for case, note in self.notes))

    def _rule_lines(self) -> Iterator[str]:
        names = sorted({rule for rule, _ in self.rules})
        yield f"{'rule':26}" + "".join(f"{state:>7}" for state in _STATES)
        for name in [*names, "all"]:
            keys = names if name == "all" else [name]
            row = [sum(self.rules[key, state] for key in keys) for state in _STATES]
            share = f"{row[1] / row[0]:7.0%}" if row[0] else ""
            yield f"{name:26}" + "".join(f"{count:7}" for count in row) + share


def masked(reason: str) -> str:
    """Return a reason without the names in it, so that like ones count together."""
    for pattern, instead in _NAMES:
        reason = pattern.sub(instead, reason)
    return reason


def model_lines(found: Iterable[Agreement], *, verbose: bool) -> Iterator[str]:
    """Yield the table of agreement with Compose's model."""
    found = list(found)
    compared: Counter[str] = Counter()
    differ: Counter[str] = Counter()
    for one in found:
        compared.update(one.compared)
        differ.update(name for name, *_ in one.differ)
    refused = sum(bool(one.refused) for one in found)
    yield f"{len(found)} projects, of which Compose refuses {refused}"
    for name in dict.fromkeys([*compared, *differ]):
        share = 1 - differ[name] / compared[name] if compared[name] else 0
        yield f"{name:18}{compared[name]:7}{differ[name]:6}{share:9.2%}"
    for one in found if verbose else ():
        yield from (
            f"  {one.case}: {name} of {where}: ours {our!r}, theirs {their!r}"
            for name, where, our, their in one.differ
        )
        if one.refused:
            yield f"  {one.case}: refused: {one.refused}"
