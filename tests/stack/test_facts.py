from __future__ import annotations

import pytest

from patcher.stack.facts import Facts
from patcher.stack.image.healthcheck import NoProbe, Probe
from tests.stack.compose_texts import service, stack

DOCKERFILE = """\
ARG VERSION=3.12
FROM python:${VERSION}-slim AS base
ENV MODE=image PORT=8000
WORKDIR /srv
FROM base AS web
EXPOSE 8000
ENTRYPOINT ["/entrypoint.sh"]
CMD gunicorn a:b
"""


def facts(text: str, files: dict[str, str] | None = None) -> Facts:
    return stack(service("it", text), files).facts["it"]


def test_a_build_takes_its_programs_from_the_external_base() -> None:
    found = facts("build: {context: ., target: web}, image: mine", {"Dockerfile": DOCKERFILE})
    assert found.base_image == "python:3.12-slim"
    assert found.family is not None
    assert found.family.name == "python"
    assert found.stage is not None
    assert found.stage.expose == (8000,)


def test_a_build_argument_of_compose_counts() -> None:
    build = "build: {context: ., target: web, args: {VERSION: '3.9'}}"
    assert facts(build, {"Dockerfile": DOCKERFILE}).base_image == "python:3.9-slim"


@pytest.mark.parametrize("build", ["build: ./missing", "build: ../outside", "build: https://a/b"])
def test_a_build_that_cannot_be_read_is_unknown(build: str) -> None:
    found = facts(build)
    assert (found.stage, found.base_image, found.family) == (None, "", None)
    probe = found.probe((80,), None)
    assert isinstance(probe, NoProbe)
    assert "no Dockerfile that can be read" in probe.reason


def test_an_image_that_is_also_built_is_not_taken_by_its_name() -> None:
    assert facts("build: ., image: postgres", {"Dockerfile": "FROM scratch\n"}).family is None


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("", ("/entrypoint.sh", "sh", "-c", "gunicorn a:b")),
        (", command: celery worker", ("/entrypoint.sh", "celery", "worker")),
        (", entrypoint: /other.sh", ("/other.sh",)),
        (", entrypoint: [a], command: [b]", ("a", "b")),
        (", command: []", ("/entrypoint.sh",)),
    ],
)
def test_compose_replaces_what_the_image_starts(more: str, words: tuple[str, ...]) -> None:
    found = facts(f"build: {{context: ., target: web}}{more}", {"Dockerfile": DOCKERFILE})
    assert found.words == words


def test_the_working_directory_is_compose_s_or_the_image_s() -> None:
    files = {"Dockerfile": DOCKERFILE}
    build = "build: {context: ., target: web}"
    assert facts(build, files).start.workdir == "/srv"
    assert facts(f"{build}, working_dir: /here", files).start.workdir == "/here"


def test_the_strongest_environment_wins() -> None:
    files = {"Dockerfile": DOCKERFILE, "a.env": "MODE=file\nOTHER=1\n"}
    build = "build: {context: ., target: web}"
    assert facts(build, files).environment["MODE"] == "image"
    found = facts(f"{build}, env_file: a.env", files).environment
    assert (found["MODE"], found["OTHER"], found["PORT"]) == ("file", "1", "8000")
    more = f"{build}, env_file: a.env, environment: {{MODE: compose}}"
    assert facts(more, files).environment["MODE"] == "compose"


def test_a_settings_file_that_the_command_names_is_read() -> None:
    text = "image: redis:7, command: redis-server /etc/redis.conf, volumes: ['./r:/etc/redis.conf']"
    probe = facts(text, {"r": "port 6400\n"}).probe((), None)
    assert isinstance(probe, Probe)
    assert probe.port == 6400
    assert isinstance(facts(text).probe((), None), NoProbe)


def test_the_network_of_the_host_has_no_own_name() -> None:
    own = facts("image: mongo").probe((), None)
    assert isinstance(own, Probe)
    assert "HOSTNAME" in own.test[1]
    for mode in ("host", "service:vpn", "container:vpn"):
        shared = facts(f'image: mongo, network_mode: "{mode}"').probe((), None)
        assert isinstance(shared, Probe)
        assert "--host 127.0.0.1" in shared.test[1]
