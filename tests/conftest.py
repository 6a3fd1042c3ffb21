"""How many examples hypothesis tries: the same few in every run, or by hand many new ones.

What a pipeline sets for its jobs changes nothing that is tested. What plain `pytest` leaves out, it
says.

`pytest tests/lang --hypothesis-profile=long` is the long run.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "short",
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
settings.register_profile(
    "long", settings.get_profile("short"), max_examples=2000, derandomize=False
)
settings.load_profile("short")


@pytest.fixture(autouse=True, scope="session")
def outside_of_a_pipeline() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("CI", "FORCE_COLOR", "GITHUB_STEP_SUMMARY"):
            patch.delenv(name, raising=False)
        yield


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    if whole and config.option.markexpr == "not docker":
        terminalreporter.write_line("left out: the Docker lab, which `python -m tests.docker` runs")
