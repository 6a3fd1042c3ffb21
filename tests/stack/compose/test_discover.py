"""Which files a project consists of: read by the real Compose as well."""

from __future__ import annotations

from pathlib import Path

import pytest

from patcher.errors import UserError
from patcher.stack.compose.discover import NAMES, OVERRIDES, choose
from patcher.text import Source
from tests.real_compose import config, needs_compose
from tests.variants import MemoryFiles

CASES: list[tuple[dict[str, str], tuple[str, ...]]] = [
    *(({name: ""}, (name,)) for name in NAMES),
    (dict.fromkeys(NAMES, ""), ("compose.yaml",)),
    (dict.fromkeys(NAMES[1:], ""), ("compose.yml",)),
    *(({"compose.yaml": "", name: ""}, ("compose.yaml", name)) for name in OVERRIDES),
    ({"compose.yaml": "", **dict.fromkeys(OVERRIDES, "")}, ("compose.yaml", OVERRIDES[0])),
    ({"docker-compose.yml": "", "compose.override.yml": ""},
     ("docker-compose.yml", "compose.override.yml")),
    ({"compose.yaml": "", "a.yml": "", "b.yml": "", ".env": "COMPOSE_FILE=b.yml:a.yml\n"},
     ("b.yml", "a.yml")),
    ({"a.yml": "", "b.yml": "", ".env": "COMPOSE_FILE=a.yml;b.yml\nCOMPOSE_PATH_SEPARATOR=;\n"},
     ("a.yml", "b.yml")),
    ({"compose.yaml": "", "d/a.yml": "", ".env": "COMPOSE_FILE=d/a.yml\n"}, ("d/a.yml",)),
]  # fmt: skip


def files(texts: dict[str, str]) -> MemoryFiles:
    return MemoryFiles({path: Source(path, text) for path, text in texts.items()})


@needs_compose
@pytest.mark.parametrize(("texts", "chosen"), CASES)
def test_the_files_that_compose_takes(
    texts: dict[str, str], chosen: tuple[str, ...], tmp_path: Path
) -> None:
    assert choose(files(texts), (), {}).paths == chosen
    for path, text in texts.items():
        written = tmp_path / path
        written.parent.mkdir(parents=True, exist_ok=True)
        name = path.replace("/", "-").replace(".", "-")
        written.write_text(text or f"services: {{{name}: {{image: x}}}}\n", encoding="utf-8")
    taken = {path.replace("/", "-").replace(".", "-") for path in chosen}
    assert set(config(tmp_path)["services"]) == taken


def test_several_of_a_kind_are_told() -> None:
    warnings = choose(files(dict.fromkeys((*NAMES, *OVERRIDES), "")), (), {}).warnings
    assert len(warnings) == 2
    assert "using compose.yaml" in warnings[0]


def test_what_is_given_wins_over_all() -> None:
    texts = {
        "compose.yaml": "",
        "d/a.yml": "",
        ".env": "COMPOSE_FILE=b.yml\nA=1\n",
        "d/.env": "A=2\n",
    }
    chosen = choose(files(texts), ("d/a.yml",), {"COMPOSE_FILE": "c.yml"})
    assert chosen.paths == ("d/a.yml",)
    assert chosen.variables == {"A": "2"}


def test_the_environment_wins_over_env() -> None:
    texts = {"c.yml": "", ".env": "COMPOSE_FILE=b.yml\n"}
    assert choose(files(texts), (), {"COMPOSE_FILE": "c.yml"}).paths == ("c.yml",)


@pytest.mark.parametrize("given", ["../compose.yaml", "/etc/compose.yaml"])
def test_outside(given: str) -> None:
    with pytest.raises(UserError, match="lies outside"):
        choose(files({}), (given,), {})


def test_none() -> None:
    with pytest.raises(UserError, match=r"looked for compose\.yaml, "):
        choose(files({"a.yml": ""}), (), {})
