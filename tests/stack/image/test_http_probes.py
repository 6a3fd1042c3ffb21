from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from patcher.stack.image.healthcheck import probe_for
from patcher.stack.image.probes import NoProbe, Probe

from .image_facts import facts
from .running import closed_port, command_of, run, stub

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


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        known = {"/healthz": 200, "/moved": 302, "/broken": 500}
        status = known.get(path, 404) if query in ("", "a=b&c=%20d") else 404
        self.send_response(status if self.headers["Host"] != "other" else 400)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """The interpreters that the images call by name; busybox's wget is not there."""
    (tmp_path / "python").symlink_to(sys.executable)
    node = shutil.which("node")
    if node:
        (tmp_path / "node").symlink_to(node)
    stub(tmp_path, "wget", "exit 1")
    return tmp_path


def probe(image: str, port: int, path: str) -> Probe | NoProbe:
    return probe_for(replace(facts(image), told_port=port, told_path=path))


@pytest.mark.parametrize("image", IMAGES)
@pytest.mark.parametrize("path", ["/healthz", "/healthz?a=b&c=%20d"])
def test_a_page_that_answers_is_healthy(image: str, path: str, port: int, programs: Path) -> None:
    found = probe(image, port, path)
    assert run(command_of(found), programs) == 0
    assert isinstance(found, Probe)
    assert found.note == f"asks for {path} on port {port}"


@pytest.mark.parametrize("image", IMAGES)
@pytest.mark.parametrize("path", ["/broken", "/none"])
def test_a_page_that_fails_is_not(image: str, path: str, port: int, programs: Path) -> None:
    assert run(command_of(probe(image, port, path)), programs) != 0


@pytest.mark.parametrize("image", IMAGES)
def test_a_redirect_is_an_answer(image: str, port: int, programs: Path) -> None:
    assert run(command_of(probe(image, port, "/moved")), programs) == 0


@pytest.mark.parametrize("image", IMAGES)
def test_a_closed_port_is_not_healthy(image: str, programs: Path) -> None:
    assert run(command_of(probe(image, closed_port(), "/healthz")), programs) != 0


def test_busybox_has_a_wget() -> None:
    found = command_of(probe("nginx:1.27-alpine", 80, "/healthz"))
    assert found == ("CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:80/healthz")


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        ("postgres:16", "the check of postgres asks for no page"),
        ("python:2.7", "a page is asked for with Python 3"),
        ("golang:1.22-nanoserver", "no program for a health check"),
        ("example/unknown", "what the image example/unknown contains is not known"),
    ],
)
def test_no_page_is_asked_for(image: str, reason: str) -> None:
    found = probe(image, 80, "/healthz")
    assert isinstance(found, NoProbe)
    assert found.reason.startswith(reason)
