"""A drawing of the figures: each as a share of its goal, and how time grows with size."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

_MET, _MISSED, _GOAL = "#2a7f62", "#c8553d", "#444444"


def draw(data: dict[str, Any], path: Path) -> None:
    """Draw the measured figures of `data` into the SVG file `path`."""
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "hanna-fix", "font.size": 9})
    figures = [one for one in data["figures"] if one["value"] is not None]
    canvas = Canvas(figsize=(9, 1.2 + 0.3 * len(figures) + 2.6), layout="constrained")
    shares, growth = canvas.subplots(2, 1, height_ratios=[0.3 * len(figures) + 0.6, 2.6])
    _shares(shares, figures)
    _growth(growth, figures)
    canvas.savefig(path, format="svg", metadata={"Date": None})


def _shares(axes: Axes, figures: list[dict[str, Any]]) -> None:
    """Draw how much of its goal each figure takes; the goal itself is the line at 1."""
    names = [one["name"].replace("`", "") for one in figures][::-1]
    values = [
        one["goal"] / one["value"] if one["more"] else one["value"] / one["goal"] for one in figures
    ][::-1]
    colors = [_MET if one["met"] else _MISSED for one in figures][::-1]
    bars = axes.barh(names, values, color=colors, height=0.6)
    axes.bar_label(bars, fmt="%.2f", padding=3)
    axes.axvline(1, color=_GOAL, linewidth=1, linestyle="--")
    axes.set_xlabel("share of the goal: less is better, 1 is the goal")
    axes.spines[["top", "right"]].set_visible(False)


def _growth(axes: Axes, figures: list[dict[str, Any]]) -> None:
    """Draw processor time by size, both in logarithms."""
    for one in figures:
        for name, times in one["parts"].items():
            if isinstance(times, dict):
                sizes = [int(size) for size in times]
                axes.plot(sizes, list(times.values()), marker="o", label=f"{one['name']}: {name}")
    if axes.lines:
        axes.set(xscale="log", yscale="log", xlabel="size", ylabel="seconds")
        axes.legend(fontsize=8)
    else:
        axes.set_visible(False)
