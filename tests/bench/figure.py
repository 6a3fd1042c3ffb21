"""One figure of the table: its name, its goal, and what was measured."""

from __future__ import annotations

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


def lines(figures: list[Figure]) -> list[str]:
    """Return the figures as a table of text, with its head."""
    rows = [("figure", "measured", "goal", ""), *map(_row, figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]])
        for row in rows
    ]


def _row(one: Figure) -> tuple[str, str, str, str]:
    shown = "not measured" if one.value is None else f"{one.value:.3g} {one.unit}"
    sign = ">=" if one.more else "<="
    met = "ok" if one.is_met else "missed" if one.value is not None else ""
    return one.name, shown, f"{sign} {one.goal:g}", f"{met} {one.note}".strip()
