"""The port that the settings name: asked by the family's own check, or there is none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from patcher.stack.image.healthcheck import probe_for
from patcher.stack.image.probes import NoProbe, Probe

from .image_facts import facts


@pytest.mark.parametrize(
    ("image", "command", "asked"),
    [
        ("python:3.12", "celery -A x worker", "7000"),
        ("node:22", "", "net.connect(7000,"),
        ("nginx:1.27", "", "/dev/tcp/127.0.0.1/7000"),
        ("postgres:16", "", " -p 7000 "),
        ("postgres:16", "postgres -c config_file=/etc/unknown.conf", " -p 7000 "),
        ("mysql:8", "", "-P 7000"),
        ("mariadb:11", "", "-P 7000"),
        ("redis:7", "redis-server /etc/unknown.conf", "-p 7000"),
        ("mongo:7", "", "--port 7000"),
        ("memcached:1", "", "/dev/tcp/127.0.0.1/7000"),
        ("elasticsearch:8", "", "/dev/tcp/127.0.0.1/7000"),
        ("clickhouse/clickhouse-server:24", "", "/dev/tcp/127.0.0.1/7000"),
    ],
)
def test_the_port_is_asked(image: str, command: str, asked: str) -> None:
    found = probe_for(replace(facts(image, *command.split()), told_port=7000))
    assert isinstance(found, Probe), found
    assert asked in " ".join(found.test)
    assert found.port == 7000


@pytest.mark.parametrize("image", ["rabbitmq:4", "bitnami/postgresql:16"])
def test_a_check_that_asks_another_port_is_none(image: str) -> None:
    found = probe_for(replace(facts(image), told_port=7000))
    assert isinstance(found, NoProbe)
    assert found.reason.endswith("does not ask the port of the settings")


def test_an_unknown_image_gets_none() -> None:
    found = probe_for(replace(facts("example/app"), told_port=7000))
    assert isinstance(found, NoProbe)
    assert found.reason == "what the image example/app contains is not known"
