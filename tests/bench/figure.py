"""One figure of the table: its name, its goal, and what was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured figure; `value` is None where it could not be measured, and `note` says why.

    `value` is good where it is at most `goal`, or at least for one where `more` is better. `parts`
    are the single measurements that it was made of, in seconds, bytes or characters as named.
    """

    name: str
    goal: float
    value: float | None
    unit: str = "times"
    more: bool = False
    note: str = ""
    parts: dict[str, Any] = field(default_factory=dict)

    @property
    def is_met(self) -> bool:
        """Whether the goal is reached."""
        if self.value is None:
            return False
        return self.value >= self.goal if self.more else self.value <= self.goal

    def as_data(self) -> dict[str, Any]:
        """Return the figure as data, numbers with four digits that count."""
        return {**_rounded(asdict(self)), "met": self.is_met}


def _rounded(data: Any) -> Any:
    if isinstance(data, dict):
        return {str(key): _rounded(value) for key, value in data.items()}
    return float(f"{data:.4g}") if isinstance(data, float) else data


def lines(figures: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return figures, as data, as the lines of a Markdown table."""
    rows = [_row(one) for one in figures]
    return ["| figure | measured | goal | |", "|---|---|---|---|", *rows]


def _row(one: Mapping[str, Any]) -> str:
    value = one["value"]
    shown = "not measured" if value is None else f"{value:.3g} {one['unit']}"
    goal = f"{'>=' if one['more'] else '<='} {one['goal']:g}"
    met = "" if value is None else "met" if one["met"] else "missed"
    notes = "; ".join(part for part in (met, one["note"]) if part)
    return f"| {one['name']} | {shown} | {goal} | {notes} |"
