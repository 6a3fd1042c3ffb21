"""Every fix of every rule at once, the unsafe ones too: the stack comes up and is healthy."""

from __future__ import annotations

import pytest

from tests.docker.stack import Stack, eventually

pytestmark = pytest.mark.docker

_ENDS = {"migrate"}


@pytest.fixture(scope="module")
def whole(folder: Stack) -> Stack:
    folder.hanna_fix("apply", "--quiet", "--unsafe", "--select", "ALL")
    folder.compose("up", "--detach")
    return folder


def test_every_service_runs_and_none_is_unhealthy(whole: Stack) -> None:
    def settled() -> bool:
        return all(health != "starting" for _, health in whole.containers().values())

    eventually(settled, 120)
    states = whole.containers()
    assert {name for name, (state, _) in states.items() if state != "running"} == _ENDS
    assert {health for _, health in states.values()} == {"healthy", ""}
    assert states["nginx"][1] == "healthy"


def test_every_request_is_answered(whole: Stack) -> None:
    assert set(whole.ask("/api/orders/", 60) + whole.ask("/", 60)) == {"200"}
