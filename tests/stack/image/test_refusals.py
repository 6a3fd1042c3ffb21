from __future__ import annotations

import pytest

from patcher.stack.image.healthcheck import probe_for
from patcher.stack.image.probes import NoProbe, Probe

from .image_facts import facts


@pytest.mark.parametrize("option", ["--ping", "--ping=true", "--Ping"])
def test_traefik_with_ping(option: str) -> None:
    found = probe_for(facts("traefik:v3.1", "--providers.docker", option))
    assert isinstance(found, Probe)
    assert found.test == ("CMD", "traefik", "healthcheck", "--ping")


@pytest.mark.parametrize(
    ("tag", "command"),
    [
        ("v3.1", "--providers.docker"),
        ("v3.1", "--ping=false"),
        ("v3.1", "--ping --ping.entryPoint=web"),
        ("v3.1", "--ping --entrypoints.traefik.address=:9000"),
        ("v3.1", "--ping --configFile=/t.yml"),
        ("1.7", "--ping"),
    ],
)
def test_traefik_is_refused(tag: str, command: str) -> None:
    found = probe_for(facts(f"traefik:{tag}", *command.split()))
    assert found == NoProbe(
        "Traefik answers health checks only with `--ping` on its command line",
        "add `--ping` to the command",
    )


@pytest.mark.parametrize(
    ("image", "words"),
    [
        ("docker.dragonflydb.io/dragonflydb/dragonfly", "health check of its own"),
        ("apache/kafka:3.8", "depends on its release"),
        ("minio/minio", "depends on its release"),
    ],
)
def test_families_without_a_check(image: str, words: str) -> None:
    found = probe_for(facts(image))
    assert isinstance(found, NoProbe)
    assert words in found.reason
    assert found.by_hand
