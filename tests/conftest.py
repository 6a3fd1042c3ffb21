"""What plain `pytest` leaves out, it says."""

from __future__ import annotations

import pytest


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    if whole and config.option.markexpr == "not docker":
        terminalreporter.write_line("left out: the Docker lab, which `python -m tests.docker` runs")
