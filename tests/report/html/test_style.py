"""Contrast as WCAG 2.2 asks of AA: 4.5 to 1 for text, 3 to 1 for lines that mean something."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

STYLE = (files("patcher.report.html") / "page.css").read_text(encoding="utf-8")
COLORS = {
    name: pair
    for name, *pair in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);", STYLE)
}
TEXT = [
    *((color, ground) for color in ("text", "muted", "accent") for ground in ("page", "surface")),
    *((kind, f"{kind}-surface") for kind in ("bad", "good", "warn")),
    *((kind, "page") for kind in ("bad", "good", "warn")),
    *((kind, "surface") for kind in ("bad", "good", "warn")),
    *(("text", ground) for ground in ("old", "new", "old-mark", "new-mark")),
    *(("muted", ground) for ground in ("old", "new")),
    ("text", "bad-surface"),
    ("page", "text"),
]
LINES = [
    ("edge", "page"),
    ("bad", "page"),
    ("good", "page"),
    ("accent", "page"),
    ("edge", "surface"),
]


def luminance(color: str) -> float:
    """Return the relative luminance, as https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_contrast(scheme: int) -> None:
    def of(pair: tuple[str, str]) -> float:
        return contrast(*(COLORS[name][scheme] for name in pair))

    assert {pair: of(pair) for pair in TEXT if of(pair) < 4.5} == {}
    assert {pair: of(pair) for pair in LINES if of(pair) < 3} == {}


def test_contrast_is_reckoned_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_every_color_is_defined_once_for_both_schemes() -> None:
    used = set(re.findall(r"var\(--([\w-]+)\)", STYLE)) - {"sans", "mono"}
    assert used == set(COLORS)
    rules = STYLE.split("}", 1)[1]
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b", rules)
