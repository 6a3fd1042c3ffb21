"""The stack that the lab's tests look at, and the figures for docs/docker-lab.md."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.docker.leftovers import leftovers
from tests.docker.programs import LabError
from tests.docker.stack import Stack, stack

FIGURES = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[FIGURES] = []


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    for line in config.stash[FIGURES]:
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def figures(pytestconfig: pytest.Config) -> list[str]:
    """Lines that are shown when all tests are done."""
    return pytestconfig.stash[FIGURES]


@pytest.fixture(scope="session")
def lab() -> None:
    """The engine has the images."""
    try:
        ready = "image" in leftovers("image")
    except LabError:
        ready = False
    if not ready:
        pytest.fail("start these tests with: python -m tests.docker")


@pytest.fixture(scope="module")
def folder(lab: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A copy of the stack, not started."""
    with stack(tmp_path_factory.mktemp("docker")) as one:
        yield one
