from __future__ import annotations

import pytest

from patcher.stack.health import Health
from tests.stack.compose_texts import service, stack

SERVER = 'command: "gunicorn -b 0.0.0.0:8000 a:b"'
DOCKERFILE = (
    'FROM python:3.12-slim\nHEALTHCHECK CMD ["python", "check.py"]\nCMD ["gunicorn", "a:b"]\n'
)


def health(text: str, files: dict[str, str] | None = None) -> Health:
    return stack(service("it", text), files).health_of("it")


@pytest.mark.parametrize(
    "text",
    [
        'image: postgres, healthcheck: {test: "pg_isready"}',
        "image: unknown, healthcheck: {test: [CMD, /check]}",
        'image: unknown, healthcheck: {test: [CMD-SHELL, "curl -f localhost"]}',
        'image: "python:3.12", healthcheck: {test: curl localhost}',
        'image: "python:3.12-alpine", healthcheck: {test: wget -q localhost}',
        'image: "python:3.12-slim", healthcheck: {test: python check.py || curl localhost}',
        'image: "mariadb:10.11", healthcheck: {test: mysqladmin ping}',
        'image: "${IMAGE}", healthcheck: {test: curl localhost}',
        'image: "python:${TAG}", healthcheck: {test: curl localhost}',
    ],
)
def test_a_check_is_known(text: str) -> None:
    assert health(text) == Health(known=True)


@pytest.mark.parametrize(
    ("image", "test", "program"),
    [
        ("python:3.12-slim", "curl -f http://localhost || exit 1", "curl"),
        ("python:3.12-slim", "wget -q localhost", "wget"),
        ("node:22-alpine", "curl -s localhost | grep ok", "curl"),
        ("debian:12", "curl localhost", "curl"),
        ("mariadb:11", "mysqladmin ping", "mysqladmin"),
        ("mariadb", "mysqladmin ping -p$$MYSQL_ROOT_PASSWORD", "mysqladmin"),
        ("mongo:7", "echo 'db.stats()' | mongo", "mongo"),
    ],
)
def test_a_check_whose_program_is_not_there_is_in_doubt(
    image: str, test: str, program: str
) -> None:
    found = health(f'image: "{image}", healthcheck: {{test: "{test}"}}')
    assert found.doubt is not None
    assert not found.known
    expected = f"the health check of `it` runs `{program}`, which the image {image} does not have"
    assert found.doubt.reason == expected


@pytest.mark.parametrize(
    "line",
    ["RUN apt-get install -y curl", "COPY --from=tools /usr/bin/curl /usr/bin/", "RUN ./setup.sh"],
)
def test_a_program_that_the_dockerfile_may_bring_is_there(line: str) -> None:
    files = {"Dockerfile": f"FROM python:3.12-slim\n{line}\n"}
    assert health("build: ., healthcheck: {test: curl localhost}", files).known


def test_a_program_that_the_command_installs_is_there() -> None:
    command = 'command: sh -c "apk add curl && node a.js"'
    assert health(f'image: "node:22-alpine", {command}, healthcheck: {{test: curl a}}').known


@pytest.mark.parametrize(
    ("more", "known"),
    [
        ("", True),
        (f", {SERVER}", True),
        (", command: celery -A a worker", False),
        (', entrypoint: ["python", "manage.py", "migrate"]', False),
    ],
)
def test_a_dockerfile_check_counts_for_the_server_only(more: str, known: bool) -> None:
    assert health(f"build: .{more}", {"Dockerfile": DOCKERFILE}) == Health(known=known)


def test_a_check_taken_over_counts_for_the_server_only() -> None:
    text = (
        "services:\n"
        "  web: &web\n    image: a\n    healthcheck: {test: [CMD, /check]}\n"
        "  same: {<<: *web}\n"
        "  other: {<<: *web, command: celery -A a worker}\n"
        "  heir: {extends: web, command: celery -A a worker}\n"
        "  own: {<<: *web, command: celery worker, healthcheck: {test: celery status}}\n"
    )
    found = {name: stack(text).health_of(name).known for name in ("same", "other", "heir", "own")}
    assert found == {"same": True, "other": False, "heir": False, "own": True}


@pytest.mark.parametrize("check", ["{disable: true}", "{test: NONE}", '{test: ["NONE"]}'])
def test_a_check_that_is_switched_off_is_left_alone(check: str) -> None:
    assert health(f"image: postgres, healthcheck: {check}") == Health()


def test_a_dockerfile_check_can_be_switched_off() -> None:
    found = health("build: ., healthcheck: {disable: true}", {"Dockerfile": DOCKERFILE})
    assert found == Health()


def test_figures_alone_are_no_check() -> None:
    found = health("image: postgres, healthcheck: {interval: 5s}")
    assert found.no_probe is not None
    assert not found.known
    assert health("image: unknown, healthcheck: {interval: 5s}") == Health()


def test_a_check_comes_only_where_it_is_needed() -> None:
    assert health("image: postgres").comes
    assert stack(service("it", "image: postgres", False)).health_of("it") == Health()


def test_a_one_shot_job_reports_nothing() -> None:
    text = (
        "services:\n  job: {image: postgres, healthcheck: {test: pg_isready}}\n"
        "  a: {image: a, depends_on: {job: {condition: service_completed_successfully}}}\n"
        "  b: {image: a, depends_on: [job]}\n"
    )
    assert stack(text).health_of("job") == Health()


def test_an_image_with_its_own_check_gets_none() -> None:
    assert health("image: docker.dragonflydb.io/dragonflydb/dragonfly") == Health()


def test_a_command_that_installs_or_builds_first_gets_more_time() -> None:
    text = 'image: "node:22", environment: {PORT: "3000"}, command: sh -c "%s"'
    quick, slow = health(text % "node a.js"), health(text % "npm ci && node a.js")
    assert quick.probe is not None
    assert slow.probe is not None
    assert (quick.probe.start_period, slow.probe.start_period) == ("120s", "600s")


@pytest.mark.parametrize(
    ("override", "refused"),
    [
        ("command: flask run", True),
        ("image: python:3.13", True),
        ("environment: {DEBUG: 1}", False),
        ("ports: ['8000:8000']", False),
    ],
)
def test_a_file_that_changes_what_runs_needs_another_check(override: str, refused: bool) -> None:
    files = {"compose.override.yaml": f"services:\n  it:\n    {override}\n"}
    found = health(f'image: "python:3.12", {SERVER}', files)
    assert (found.no_probe is not None, found.comes) == (refused, not refused)


def test_a_file_that_moves_the_port_needs_another_check() -> None:
    files = {"compose.override.yaml": 'services:\n  it: {environment: {PORT: "4000"}}\n'}
    text = 'image: "node:22", command: node a.js, environment: {PORT: "3000"}'
    assert health(text, files).no_probe is not None


def test_rabbitmq_without_capabilities_gets_none() -> None:
    assert health("image: rabbitmq:3").comes
    assert health("image: rabbitmq:3, cap_drop: [ALL]").no_probe is not None


def test_no_service_no_health() -> None:
    assert stack(service("it", "image: postgres")).health_of("nobody") == Health()
