"""The remedy on a stack that runs: as an operator deploys it, with the data that is there."""

from __future__ import annotations

import pytest

from tests.docker.programs import docker
from tests.docker.stack import Stack, eventually

pytestmark = pytest.mark.docker

_BY_HAND = "until python manage.py migrate --noinput; do sleep 1; done"


@pytest.fixture(scope="module")
def deployed(folder: Stack) -> Stack:
    """The stack as it was, migrated by hand and with one order; then mended."""
    folder.compose("up", "--detach")
    folder.compose("exec", "-T", "backend", "timeout", "60", "sh", "-c", _BY_HAND)
    eventually(lambda: folder.ask("/api/orders/", 1, form="customer=Chipo") == ["200"], 60)
    folder.hanna_fix("apply", "--quiet")
    folder.compose("up", "--detach")
    folder.compose("restart", "nginx")
    return folder


def test_data_stay(deployed: Stack) -> None:
    assert "Chipo" in deployed.sql("SELECT customer FROM orders_order")


def test_every_request_is_answered(deployed: Stack) -> None:
    assert set(deployed.ask("/api/orders/", 60) + deployed.ask("/", 60)) == {"200"}


def test_old_network_stays_behind(deployed: Stack) -> None:
    names = docker("network", "ls", "--format", "{{.Name}}")
    project = deployed.folder.name
    assert {f"{project}_default", f"{project}_net"} <= set(names)
