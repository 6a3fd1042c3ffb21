from __future__ import annotations

import pytest

from patcher.stack.image.families import family_of

from .image_facts import built


@pytest.mark.parametrize(
    ("image", "name", "kind", "ports"),
    [
        ("postgres:16-alpine", "postgres", "database", (5432,)),
        ("docker.io/library/postgres:15-alpine@sha256:01", "postgres", "database", (5432,)),
        ("timescale/timescaledb-ha:pg16", "postgres", "database", (5432,)),
        ("bitnami/postgresql:16", "postgres", "database", (5432,)),
        ("mysql:8", "mysql", "database", (3306,)),
        ("mariadb:lts", "mariadb", "database", (3306,)),
        ("mongo:7", "mongo", "database", (27017,)),
        ("redis:${TAG}", "redis", "cache", (6379,)),
        ("docker.io/valkey/valkey:9-alpine", "valkey", "cache", (6379,)),
        ("memcached:alpine", "memcached", "cache", (11211,)),
        ("rabbitmq:3-management", "rabbitmq", "queue", (5672,)),
        ("elasticsearch:8.1.0", "elasticsearch", "search", (9200,)),
        ("nginx:1.25", "nginx", "proxy", (80,)),
        ("nginxinc/nginx-unprivileged:alpine", "nginx", "proxy", (8080,)),
        ("caddy", "caddy", "proxy", (80,)),
        ("traefik:v3", "traefik", "proxy", (8080,)),
        ("python:3.12-slim", "python", "app", ()),
        ("ghcr.io/astral-sh/uv:0.5-python3.12-alpine", "python", "app", ()),
        ("node:20-alpine", "node", "app", ()),
        ("php:8.3-fpm-alpine", "php-fpm", "app", (9000,)),
        ("php:8.3-apache", "php-apache", "app", (80,)),
        ("php:8.3-cli", "php", "app", ()),
        ("wordpress", "php-apache", "app", (80,)),
        ("wordpress:6-fpm", "php-fpm", "app", (9000,)),
        ("wordpress:cli", "php", "app", ()),
        ("wordpress:${V}", "php", "app", ()),
        ("nextcloud:apache", "php-apache", "app", (80,)),
        ("ruby:3.3-slim", "ruby", "app", ()),
        ("eclipse-temurin:21-jre", "java", "app", ()),
        ("tomcat:10", "java", "app", (8080,)),
        ("golang:1.22", "golang", "app", ()),
        ("mcr.microsoft.com/dotnet/aspnet:8.0-alpine", "dotnet", "app", (8080,)),
        ("mcr.microsoft.com/dotnet/aspnet:6.0", "dotnet", "app", (80,)),
        ("mcr.microsoft.com/dotnet/aspnet:latest", "dotnet", "app", ()),
        ("alpine:3.20", "alpine", "base", ()),
        ("debian:bookworm-slim", "debian", "base", ()),
    ],
)
def test_family(image: str, name: str, kind: str, ports: tuple[int, ...]) -> None:
    found = family_of(image, None)
    assert found is not None
    assert (found.name, found.kind, found.ports) == (name, kind, ports)


@pytest.mark.parametrize(
    "image",
    [
        "registry.example.com/mirror/redis:7",
        "someone/postgres",
        "${IMAGE}",
        "$REGISTRY/postgres:16",
        "ghcr.io/astral-sh/uv:latest",
        "scratch",
        "gcr.io/distroless/python3",
        "busybox",
        "",
    ],
)
def test_no_family(image: str) -> None:
    assert family_of(image, None) is None


def test_a_build_belongs_to_the_family_of_its_base() -> None:
    found = family_of("me/app:1", built("python:3.12-slim"))
    assert found is not None
    assert found.name == "python"
