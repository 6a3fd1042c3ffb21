from __future__ import annotations

from typing import Final

import pytest

from patcher.stack.image.families import _FAMILIES
from patcher.stack.image.healthcheck import ImageFacts, NoProbe, Probe, probe_for

from .image_facts import built, facts

BACKEND: Final = built(
    "python:3.10-slim",
    expose=(8000,),
    cmd=("daphne", "-b", "0.0.0.0", "-p", "8000", "crm.asgi:application"),
)
SECRET: Final = "s3cr3t"
_NAMES: Final = """
    POSTGRES_USER POSTGRES_PASSWORD POSTGRES_DB POSTGRESQL_USERNAME MYSQL_USER MYSQL_ROOT_PASSWORD
    MARIADB_ROOT_PASSWORD MONGO_INITDB_ROOT_USERNAME MONGO_INITDB_ROOT_PASSWORD REDIS_PASSWORD
    RABBITMQ_DEFAULT_PASS ELASTIC_PASSWORD SECRET_KEY DATABASE_URL HOST HOSTNAME
"""


def python(port: int) -> tuple[str, ...]:
    return (
        "CMD",
        "python",
        "-c",
        f"import socket, sys; sys.exit(all(socket.socket().connect_ex((host, {port}))"
        " for host in ('127.0.0.1', socket.gethostname())))",
    )


def alpine(port: int) -> tuple[str, ...]:
    return ("CMD", "nc", "-z", "127.0.0.1", str(port))


def bash(port: int) -> tuple[str, ...]:
    return ("CMD", "bash", "-c", f": > /dev/tcp/127.0.0.1/{port}")


def either(port: int) -> tuple[str, ...]:
    return ("CMD-SHELL", f"nc -z 127.0.0.1 {port} || bash -c ': > /dev/tcp/127.0.0.1/{port}'")


@pytest.mark.parametrize(
    ("given", "test"),
    [
        (facts("nginx:1.25-alpine", ports=(80, 443)), alpine(80)),
        (facts("nginx:1.25", ports=(80, 443)), bash(80)),
        (facts("nginx:${TAG}"), either(80)),
        (facts("nginx@sha256:01", proxied=(8081,)), either(8081)),
        (facts("nginxinc/nginx-unprivileged:1.27"), bash(8080)),
        (facts("openresty/openresty:alpine"), alpine(80)),
        (facts("httpd:2.4"), bash(80)),
        (facts("caddy:2", ports=(80, 443)), alpine(80)),
        (facts("php:8.3-fpm-alpine", proxied=(9000,)), alpine(9000)),
        (facts("php:8.3-fpm"), bash(9000)),
        (facts("php:8.3-apache"), bash(80)),
        (facts("php:8.3-cli", "php", "artisan", "serve", "--host=0.0.0.0"), bash(8000)),
        (facts("wordpress:latest"), bash(80)),
        (facts("nextcloud:fpm-alpine"), alpine(9000)),
        (facts("ruby:3.3-alpine", "rails", "s", "-b", "0.0.0.0"), alpine(3000)),
        (facts("eclipse-temurin:21-jre", ports=(8080,)), bash(8080)),
        (facts("eclipse-temurin:21-jre-alpine", env={"SERVER_PORT": "8081"}), alpine(8081)),
        (facts("amazoncorretto:17", proxied=(8080,)), bash(8080)),
        (facts("tomcat:10"), bash(8080)),
        (facts("mcr.microsoft.com/dotnet/aspnet:8.0"), bash(8080)),
        (facts("mcr.microsoft.com/dotnet/aspnet:8.0-alpine"), alpine(8080)),
        (facts("python:3.12", "uvicorn", "a:b", "--host", "0.0.0.0"), python(8000)),
        (facts("python:3.12-alpine", proxied=(5000,)), python(5000)),
        (facts("me/app", stage=built("alpine:3.20", expose=(8080,))), alpine(8080)),
        (facts("me/app", stage=built("debian:bookworm-slim", expose=(8080,))), bash(8080)),
        (facts("me/web", stage=built("nginx:1.25-alpine", expose=(80,))), alpine(80)),
        (facts("golang:1.22-alpine", ports=(8080,)), alpine(8080)),
    ],
)
def test_the_check(given: ImageFacts, test: tuple[str, ...]) -> None:
    found = probe_for(given)
    assert isinstance(found, Probe), found
    assert found.test == test


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (facts("me/app:1", ports=(80,)), "what the image me/app contains is not known"),
        (facts("${IMAGE}"), "what the image ${IMAGE} contains is not known"),
        (
            facts("me/app", stage=built("scratch", expose=(80,))),
            "no program for a health check is certain to exist in the image scratch",
        ),
        (
            facts("x", stage=built("gcr.io/distroless/static-debian12", expose=(80,))),
            "no program for a health check is certain to exist in the image "
            "gcr.io/distroless/static-debian12",
        ),
        (
            facts("mcr.microsoft.com/dotnet/aspnet:8.0-jammy-chiseled"),
            "no program for a health check is certain to exist in the image "
            "mcr.microsoft.com/dotnet/aspnet",
        ),
        (facts("node:20"), "nothing tells which port it listens on"),
        (
            facts("nextcloud:apache", "/cron.sh"),
            "its command is a worker or a management command, which listens on no port",
        ),
    ],
)
def test_no_check(given: ImageFacts, reason: str) -> None:
    found = probe_for(given)
    assert isinstance(found, NoProbe), found
    assert found.reason == reason
    assert found.by_hand


def test_the_stack_of_the_incident() -> None:
    """A Django backend, its workers from the same image, and two frontends."""
    text = "# python manage.py migrate &&\n       daphne -b 0.0.0.0 -p 8000 crm.asgi:application"
    backend = probe_for(facts("crm", "sh", "-c", text, stage=BACKEND, proxied=(8000,)))
    assert isinstance(backend, Probe)
    assert backend.test == python(8000)
    for command in ("celery -A crm worker -Q x", "celery -A crm beat", "python manage.py fetch"):
        assert isinstance(probe_for(facts("crm", *command.split(), stage=BACKEND)), NoProbe)
    stage = built("node:20-alpine", expose=(3000,), cmd=("npm", "start"))
    frontend = probe_for(facts("web", "npm", "start", stage=stage, proxied=(3000,)))
    assert isinstance(frontend, Probe)
    assert frontend.test[:3] == ("CMD", "node", "-e")


def test_there_is_time_to_start() -> None:
    """The incident's backend needs 18 s; a wrong verdict makes `up` fail for who waits."""
    for image in ("postgres", "mysql", "redis", "nginx", "elasticsearch"):
        found = probe_for(facts(image))
        assert isinstance(found, Probe)
        interval, start = (
            int(one.removesuffix("s")) for one in (found.interval, found.start_period)
        )
        assert start + interval * found.retries >= 180


def every() -> list[ImageFacts]:
    """Return facts that give each family a check, with secrets in all places."""
    env = dict.fromkeys(_NAMES.split(), SECRET)
    given = []
    for name in _FAMILIES:
        for tag in ("", ":${TAG}", ":16", ":8.0-alpine", ":fpm", ":python3"):
            given.append(facts(name + tag, ports=(8123,), env=env, config=f"requirepass {SECRET}"))
            given.append(facts(name + tag, ports=(8123,)))
    return given


def test_every_family_in_the_table_answers() -> None:
    families = {found.family for found in map(probe_for, every()) if isinstance(found, Probe)}
    assert len(families) >= 25


def test_dollars_are_doubled_and_values_stay_out() -> None:
    for given in every():
        found = probe_for(given)
        assert SECRET not in repr(found), given.image
        if isinstance(found, Probe):
            assert found.test[0] == "CMD" or (found.test[0] == "CMD-SHELL" and len(found.test) == 2)
            for word in found.test:
                assert "$" not in word.replace("$$", ""), given.image
                assert "\n" not in word, given.image


@pytest.mark.parametrize(
    "value", ["3000; rm -rf /", "$(id)", "-1", "0", "70000", "\uff13\uff10", ""]
)
def test_an_environment_value_that_is_no_port_gets_nowhere(value: str) -> None:
    found = probe_for(facts("node:20", env={"PORT": value}))
    assert isinstance(found, NoProbe)
    assert not value or value not in found.reason
