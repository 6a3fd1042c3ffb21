"""Commands written as text, each split by the real Compose as well."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from patcher.stack.compose.shell_words import CannotSplit, split
from tests.real_compose import config, needs_compose

WORDS = {
    "": (),
    "   ": (),
    "a b": ("a", "b"),
    " a\tb\nc ": ("a", "b", "c"),
    "a 'b c' \"d e\"": ("a", "b c", "d e"),
    'a"b"c': ("abc",),
    "a \"\" ''": ("a", "", ""),
    "a\\ b \\'": ("a b", "'"),
    "'a\\b' \"a\\b\"": ("a\\b", "ab"),
    "echo # all": ("echo", "#", "all"),
    # what a shell would go on with, Compose drops
    "migrate && serve": ("migrate",),
    "a | b": ("a",),
    "a;b": ("a",),
    "a > b": ("a",),
    "a 2> b": ("a",),
    "a2> b": ("a2",),
    "a '&&' \"|\" \\;": ("a", "&&", "|", ";"),
    "a $(b c; d) `e f`": ("a", "$(b c; d)", "`e f`"),
}
PIECES = ["a", "b1", "2", " ", "\t", "'", '"', "\\", "$", "(", ")", "`", ";", "&", "|", "<", ">"]
REFUSED = ["a 'b", 'a "b', "a\\", "(a)", "a `b", "a $(b", "$(a $(b))"]


def theirs(texts: list[str], folder: Path) -> list[list[str]] | None:
    """Return how Compose splits texts; None where it refuses one of them."""
    services = {
        f"s{index}": {"image": "x", "command": text.replace("$", "$$")}
        for index, text in enumerate(texts)
    }
    (folder / "compose.yaml").write_text(json.dumps({"services": services}), encoding="utf-8")
    model = config(folder)
    if model is None:
        return None
    return [model["services"][name].get("command") or [] for name in services]


@pytest.mark.parametrize("text", WORDS)
def test_words(text: str) -> None:
    assert split(text) == WORDS[text]


@needs_compose
def test_compose_splits_so(tmp_path: Path) -> None:
    assert theirs(list(WORDS), tmp_path) == [list(words) for words in WORDS.values()]


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text: str) -> None:
    with pytest.raises(CannotSplit):
        split(text)


@needs_compose
@pytest.mark.parametrize("text", REFUSED)
def test_compose_refuses_it(text: str, tmp_path: Path) -> None:
    assert theirs([text], tmp_path) is None


@needs_compose
def test_random_texts(tmp_path: Path) -> None:
    made = random.Random(1)
    texts = {"x" + "".join(made.choices(PIECES, k=made.randint(1, 9))) for _ in range(500)}
    taken = []
    for text in sorted(texts):
        try:
            taken.append((text, list(split(text))))
        except CannotSplit:
            continue
    assert len(taken) > 100
    assert theirs([text for text, _ in taken], tmp_path) == [words for _, words in taken]
