"""For all tests: what a pipeline sets for its jobs must not change what is tested."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def outside_of_a_pipeline(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CI", "FORCE_COLOR", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
