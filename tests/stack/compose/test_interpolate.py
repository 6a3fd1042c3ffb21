"""Interpolation, tried with the real Compose as well."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from patcher.stack.compose.interpolate import interpolate
from tests.real_compose import needs_compose
from tests.stack.compose.beside import agreed

VALUES = {"S": "s", "E": ""}
TEXTS = {
    "$S-${S}": "s-s",
    "${U:-b} ${U-b}": "b b",
    "${E:-b}|${E-b}": "b|",
    "${S:-b} ${S-b}": "s s",
    "${E:+x}|${E+x}|${S:+x}|${U:+x}|${U+x}": "|x|x||",
    "$${S} $$S $$": "${S} $S $",
    "${U:-${S:-q}} ${U:-$S} ${U:-${V:-${W:-w}}}": "s s w",
    "${S:?needed} ${S?needed} ${E?needed}": "s s ",
    '${U:-{"a": 1}}': '{"a": 1}',
    "${U:-http://h:${S}/x?y=$S}": "http://h:s/x?y=s",
    "${U:-a b} ${U:--x} ${U:-?x} ${U-:b} ${U:-}": "a b -x ?x :b ",
    "${U:+a${S}b}x ${S:+${S}-y}": "x s-y",
    "a$ ${S}}": "a$ s}",
    "${U:-'q'} ${U:-\"q\"}": "'q' \"q\"",
    "${U:-$$S}": "$S",
}


@pytest.mark.parametrize("text", TEXTS)
def test_interpolated(text: str) -> None:
    assert interpolate(text, VALUES) == TEXTS[text]


@needs_compose
def test_compose_does_the_same(tmp_path: Path) -> None:
    environment = {f"V{index}": text for index, text in enumerate(TEXTS)}
    compose = json.dumps({"services": {"a": {"image": "x", "environment": environment}}})
    view = agreed(tmp_path, {"compose.yaml": compose, ".env": "S=s\nE=\n"})
    assert list(view["a"]["environment"].values()) == list(TEXTS.values())


@pytest.mark.parametrize("text", ["$U", "${U}", "${U:?needed}", "${", "${}", "${ S }", "$1"])
def test_what_has_no_value_stays_as_it_is_written(text: str) -> None:
    assert interpolate(text, VALUES) == text
