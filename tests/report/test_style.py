"""Colour: on a terminal only, unless asked for."""

from __future__ import annotations

import io

import pytest

from patcher.report.style import Color, paint_for


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "color", "environ", "on"),
    [
        (Terminal(), Color.AUTO, {}, True),
        (Terminal(), Color.AUTO, {"NO_COLOR": "1"}, False),
        (Terminal(), Color.AUTO, {"NO_COLOR": ""}, True),
        (Terminal(), Color.AUTO, {"TERM": "dumb"}, False),
        (Terminal(), Color.NEVER, {}, False),
        (io.StringIO(), Color.AUTO, {}, False),
        (io.StringIO(), Color.AUTO, {"FORCE_COLOR": "1"}, True),
        (io.StringIO(), Color.AUTO, {"FORCE_COLOR": ""}, False),
        (Terminal(), Color.AUTO, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (Terminal(), Color.NEVER, {"FORCE_COLOR": "1"}, False),
        (io.StringIO(), Color.ALWAYS, {"NO_COLOR": "1"}, True),
    ],
)
def test_when_to_colour(
    stream: io.StringIO, color: Color, environ: dict[str, str], on: bool
) -> None:
    assert paint_for(stream, color, environ).on is on
