"""The YAML layer against Compose's own reader: what it takes, refuses, and reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from patcher.errors import UserError
from patcher.lang.yaml import parse
from patcher.text import Source
from tests.lang.yaml_helpers import SYNTAX
from tests.real_compose import config, needs_compose

pytestmark = needs_compose

LEGAL = sorted(SYNTAX.glob("*.yaml"))
NOTHING_TO_RUN = {"comments-only.yaml", "empty.yaml"}
# We refuse more than Compose does: what YAML does not allow, and what it cannot say in UTF-8.
STRICTER = {"alias-of-another-document.yaml", "two-boms.yaml", "utf-16.yaml"}
# Compose 2.40 takes minutes for the first, and has no bound of its own for the second.
NOT_ASKED = {"alias-bomb.yaml", "deep.yaml"}
SERVICE = "services:\n  a:\n    image: x\n"


def theirs(data: bytes, folder: Path) -> Any:
    """The model that Compose reads, None where it refuses the file."""
    (folder / "compose.yaml").write_bytes(data)
    return config(folder, "--no-interpolate")


def extensions(model: Any) -> dict[str, Any]:
    """The `x-` fields, which Compose hands on as they are."""
    documents = model if isinstance(model, list) else [model]
    return {key: one for each in documents for key, one in each.items() if key.startswith("x-")}


@pytest.mark.parametrize(
    "path", [one for one in LEGAL if one.name not in NOTHING_TO_RUN], ids=lambda path: path.stem
)
def test_compose_reads_the_same(path: Path, tmp_path: Path) -> None:
    data = path.read_bytes()
    model = theirs(data, tmp_path)
    assert extensions(parse(Source.decode(path.name, data)).model) == extensions(model)


@pytest.mark.parametrize(
    "path",
    [one for one in sorted((SYNTAX / "refused").iterdir()) if one.name not in NOT_ASKED],
    ids=lambda path: path.stem,
)
def test_compose_refuses_the_same(path: Path, tmp_path: Path) -> None:
    assert (theirs(path.read_bytes(), tmp_path) is not None) == (path.name in STRICTER)


PLAIN_SCALARS = """
    0644 0o17 0O17 017 08 09 0x1F 0XFF 0b11 -0b1 0x 0xG 1_000 _1 1__0 +1 -0 00 0777 0o8
    22:22 1:2:3 190:20:30.15 8080:80 1e3 1.5e-3 1E400 1. .5 -.5 . -. +.5 1.2.3 1e 1e+
    9223372036854775807 9223372036854775808 18446744073709551615 -1e400
    on off yes no y n Y N On OFF true True TRUE tRUE false null Null NULL nULL ~ ~x
    .inf-x infinity inf nan NaN None nil =
"""


def test_compose_types_plain_scalars_the_same(tmp_path: Path) -> None:
    lines = [f"  k{number}: {written}" for number, written in enumerate(PLAIN_SCALARS.split())]
    text = SERVICE + "\n".join(["x-values:", *lines, ""])
    ours = parse(Source("compose.yaml", text)).model["x-values"]
    values = theirs(text.encode(), tmp_path)["x-values"]
    for key, written in zip(ours, PLAIN_SCALARS.split(), strict=True):
        assert ours[key] == values[key], written
        assert isinstance(ours[key], bool) == isinstance(values[key], bool), written


@pytest.mark.parametrize(
    "text",
    [
        "x-a:\tb\n",
        "x-a: b\t# c\n",
        "x-a: [b,\tc]\n",
        "x-a: b\n\t\nx-c: d\n",
        "x-a: |\n  \tb\n",
        "x-a:\n  -\tb\n",
        "x-a: *****\n",
        "x-a: a\x85b\n",
        "x-a: 1 # c\x85x-b: 2\n",
        "x-a: 1 # c\u2028x-b: 2\n",
        "x-a: 1 # c\rx-b: 2\n",
        "x-a: [80:80]\n",
        "x-a: &a {b: &a 1}\nx-c: *a\n",
        "x-a: ! 12\nx-b: ! [1]\nx-c: !\n",
        "x-a: {? : b}\n",
        "x-a: {b:}\n",
        "x-a: {b: c, b: d}\n",
        "x-a: &a {k: 1}\nx-b:\n  <<: [*a, *a]\n  <<: *a\n",
        'x-a: &a {k: 1}\nx-b:\n  "<<": *a\n',
        "x-a: &a {k: 1}\nx-b:\n  k: 2\n  <<: *a\n",
        "x-a: &a {k: 1}\nx-b: &b {k: 2}\nx-c:\n  <<: [*a, *b]\n",
        "x-a:\n  <<:\n",
        "x-a: !!str 5\nx-b: !!int '5'\nx-c: !!seq [1]\nx-d: !!map {a: 1}\n",
        "x-a: 'it''s'\nx-b: \"\\x41\\u00e9\\U0001F600\\N\\_\\L\\P\\e\"\n",
        "%YAML 1.1\n---\nx-a: on\n",
        "x-a: >\n  b\n    c\n  d\n",
        "x-a: @b\n",
        "x-a: `b`\n",
        "x-a: %b\n",
    ],
)
def test_compose_and_we_agree_on_a_trap(text: str, tmp_path: Path) -> None:
    # directives must stand first
    text = f"{text}{SERVICE}" if text.startswith("%") else f"{SERVICE}{text}"
    model = theirs(text.encode(), tmp_path)
    try:
        ours = parse(Source("compose.yaml", text)).model
    except UserError:
        assert model is None
        return
    assert model is not None
    assert extensions(ours) == extensions(model)
