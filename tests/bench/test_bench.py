"""The benchmark runs, and counts right; how fast anything is, is no matter of tests."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from patcher.stack.compose.discover import NAMES
from tests.bench import inputs
from tests.bench.__main__ import main
from tests.bench.figure import Figure, lines
from tests.bench.measure import alternately, exponent, sample
from tests.stacks import ROOT


def test_a_small_run_prints_and_writes_the_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = tmp_path / "figures.json"
    place = str(Path(sys.prefix))
    arguments = ["--only", "engine", "--only", "version", "--repeat", "1", "--place", place]
    assert main([*arguments, "--json", str(told)]) == 0
    data = json.loads(told.read_text())
    names = [one["name"] for one in data["figures"]]
    assert names == [
        "engine against reading and parsing once",
        "share of the gates",
        "`--version` against `import typer`",
    ]
    assert all(one["value"] > 0 for one in data["figures"])


def test_commands_are_measured_in_a_copy(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    write = [sys.executable, "-c", "open('x', 'a').write('1')"]
    found = alternately({"write": write}, tmp_path / "here", 2)
    assert found["write"].cpu > 0
    assert found["write"].memory > 1 << 20
    assert list((tmp_path / "here").iterdir()) == []


def test_a_command_that_fails_is_told(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="bad ends with 3"):
        alternately({"bad": [sys.executable, "-c", "raise SystemExit(3)"]}, tmp_path, 1)
    assert sample([sys.executable, "-c", "raise SystemExit(1)"], tmp_path).status == 1


def test_the_exponent_is_the_power() -> None:
    assert exponent({10: 0.1, 100: 1.0, 1000: 10.0}) == pytest.approx(1)
    assert exponent({10: 1.0, 100: 100.0, 1000: 10_000.0}) == pytest.approx(2)


def test_inputs_are_as_large_as_asked(tmp_path: Path) -> None:
    services = (inputs.services(tmp_path / "s", 20) / "compose.yaml").read_text()
    assert services.count("    image:") == 20
    locations = (inputs.locations(tmp_path / "l", 30) / "site.conf").read_text()
    assert locations.count("location ") == 30
    folder = inputs.stacks(tmp_path / "many", 3)
    assert len(list(folder.glob("*/*"))) == 3
    assert any(one.name in NAMES for one in folder.rglob("*"))
    assert 50_000 < inputs.log(tmp_path / "log", 100_000).stat().st_size <= 100_000


def test_a_figure_tells_whether_its_goal_is_met() -> None:
    figures = [
        Figure("less", 2, 1.5),
        Figure("more", 100, 90, "a second", more=True, note="1,000 stacks"),
        Figure("none", 1, None, note="cannot be installed"),
    ]
    assert [one.is_met for one in figures] == [True, False, False]
    assert lines([one.as_data() for one in figures])[2:] == [
        "| less | 1.5 times | <= 2 | met |",
        "| more | 90 a second | >= 100 | missed; 1,000 stacks |",
        "| none | not measured | <= 1 | cannot be installed |",
    ]


def test_the_page_shows_the_figures_as_measured() -> None:
    data = json.loads((ROOT / "docs" / "performance.json").read_text(encoding="utf-8"))
    page = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    assert "\n".join(lines(data["figures"])) in page
    assert data["date"] in page
