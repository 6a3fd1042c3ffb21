"""What the tests of the diagnosis share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.diagnose.stand_in import StandIn


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    folder = tmp_path / "bin"
    folder.mkdir()
    found = StandIn(folder)
    found.install(monkeypatch)
    return found
