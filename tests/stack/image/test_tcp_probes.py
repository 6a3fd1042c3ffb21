from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from patcher.stack.image.healthcheck import probe_for
from patcher.stack.image.probes import NoProbe, Probe
from patcher.stack.image.reference import Flavour
from patcher.stack.image.tcp_probes import tcp_test

from .image_facts import facts
from .running import closed_port, command_of, listening, run, stub

IMAGES = [
    pytest.param("python:3.12-slim", id="python"),
    pytest.param(
        "node:20-alpine",
        id="node",
        marks=pytest.mark.skipif(shutil.which("node") is None, reason="no node here"),
    ),
    pytest.param("ruby:3.3", id="bash"),
    pytest.param("ruby:${V}", id="either"),
]


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """The interpreters that the images call by name."""
    (tmp_path / "python").symlink_to(sys.executable)
    node = shutil.which("node")
    if node:
        (tmp_path / "node").symlink_to(node)
    return tmp_path


@pytest.mark.parametrize("image", IMAGES)
def test_a_listening_port_is_healthy(image: str, programs: Path) -> None:
    with listening() as port:
        assert run(command_of(probe_for(facts(image, ports=(port,)))), programs) == 0


@pytest.mark.parametrize("image", IMAGES)
def test_a_closed_port_is_not(image: str, programs: Path) -> None:
    assert run(command_of(probe_for(facts(image, ports=(closed_port(),)))), programs) != 0


@pytest.mark.parametrize("image", IMAGES[:2])
def test_a_server_on_the_containers_own_address_is_healthy(image: str, programs: Path) -> None:
    """The own name is made to stand for 127.0.0.2, which the loopback device has as well."""
    host = "127.0.0.2"
    with listening(host) as port:
        test = command_of(probe_for(facts(image, ports=(port,))))
        named = tuple(
            word.replace("socket.gethostname()", repr(host)).replace(
                "require('os').hostname()", repr(host)
            )
            for word in test
        )
        assert named != test
        assert run(test, programs) != 0
        assert run(named, programs) == 0


def test_the_alpine_form() -> None:
    assert tcp_test(Flavour.ALPINE, 80) == ("CMD", "nc", "-z", "127.0.0.1", "80")


def test_either_program_will_do(tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    stub(tmp_path, "nc", f'echo "$@" > {calls}')
    assert run(tcp_test(Flavour.EITHER, closed_port()), tmp_path) == 0
    assert calls.read_text().startswith("-z 127.0.0.1 ")


def test_no_program_in_a_bare_image() -> None:
    found = probe_for(facts("golang:1.22-nanoserver", ports=(80,)))
    assert isinstance(found, NoProbe)
    assert "no program" in found.reason


def test_the_note_says_what_is_asked() -> None:
    found = probe_for(facts("nginx", ports=(8080,)))
    assert isinstance(found, Probe)
    assert (found.port, found.note) == (8080, "asks whether port 8080 accepts connections")
