from __future__ import annotations

import pytest

from patcher.stack.image.reference import Flavour, Reference, flavour_of, parse_reference

DIGEST = "sha256:0123"


@pytest.mark.parametrize(
    ("image", "reference"),
    [
        ("nginx", Reference("docker.io", "library/nginx", None, None)),
        ("nginx:1.25-alpine", Reference("docker.io", "library/nginx", "1.25-alpine", None)),
        ("docker.io/redis:7", Reference("docker.io", "library/redis", "7", None)),
        (f"postgres:15@{DIGEST}", Reference("docker.io", "library/postgres", "15", DIGEST)),
        (f"postgres@{DIGEST}", Reference("docker.io", "library/postgres", None, DIGEST)),
        ("localhost:5000/a/b:1", Reference("localhost:5000", "a/b", "1", None)),
        ("localhost:5000/a", Reference("localhost:5000", "a", None, None)),
        ("me/app", Reference("docker.io", "me/app", None, None)),
        ("ghcr.io/me/app:v1", Reference("ghcr.io", "me/app", "v1", None)),
        ("redis:${TAG}", Reference("docker.io", "library/redis", "${TAG}", None)),
        ("redis:${TAG:-a:b/c@d}", Reference("docker.io", "library/redis", "${TAG:-a:b/c@d}", None)),
        ("${REGISTRY}/app:1", Reference("docker.io", "${REGISTRY}/app", "1", None)),
        ("$IMAGE", Reference("docker.io", "$IMAGE", None, None)),
        ("", Reference("docker.io", "library/", None, None)),
    ],
)
def test_reference(image: str, reference: Reference) -> None:
    assert parse_reference(image) == reference


@pytest.mark.parametrize(
    ("image", "name"),
    [
        ("nginx", "nginx"),
        ("library/nginx:1", "nginx"),
        ("docker.io/library/nginx", "nginx"),
        ("index.docker.io/library/nginx", "nginx"),
        ("public.ecr.aws/docker/library/nginx:1", "nginx"),
        ("mirror.gcr.io/library/nginx", "nginx"),
        ("docker.io/bitnami/redis", "bitnami/redis"),
        ("registry.example.com/library/redis", "registry.example.com/library/redis"),
        ("ghcr.io/me/redis", "ghcr.io/me/redis"),
        ("me/redis", "me/redis"),
    ],
)
def test_only_the_hub_and_its_mirrors_share_a_name(image: str, name: str) -> None:
    assert parse_reference(image).name == name


@pytest.mark.parametrize(
    ("image", "version"),
    [
        ("postgres:16-alpine", (16, 0)),
        ("postgres:9.6.5", (9, 6)),
        ("pgvector/pgvector:pg16", (16, 0)),
        ("traefik:v2.9", (2, 9)),
        ("postgres:alpine3.19", None),
        ("postgres", None),
        ("postgres:${V}", None),
        ("postgres:20240101nightly", None),
    ],
)
def test_version(image: str, version: tuple[int, int] | None) -> None:
    assert parse_reference(image).version == version


@pytest.mark.parametrize(
    ("image", "usual", "flavour"),
    [
        ("nginx", Flavour.BASH, Flavour.BASH),
        ("nginx:1.25-bookworm", Flavour.BASH, Flavour.BASH),
        ("nginx:1.25-alpine", Flavour.BASH, Flavour.ALPINE),
        ("nginx:${V}-alpine", Flavour.BASH, Flavour.ALPINE),
        ("nginx:${V}", Flavour.BASH, Flavour.EITHER),
        ("nginx:${V:-1.25-alpine}", Flavour.BASH, Flavour.EITHER),
        (f"nginx@{DIGEST}", Flavour.BASH, Flavour.EITHER),
        (f"nginx:alpine@{DIGEST}", Flavour.BASH, Flavour.ALPINE),
        ("caddy:2", Flavour.ALPINE, Flavour.ALPINE),
        ("azul/zulu-openjdk-alpine:21", Flavour.BASH, Flavour.ALPINE),
        ("mcr.microsoft.com/dotnet/aspnet:8.0-jammy-chiseled", Flavour.BASH, Flavour.BARE),
        ("golang:1.22-nanoserver", Flavour.BASH, Flavour.BARE),
        ("gcr.io/distroless/python3", Flavour.EITHER, Flavour.BARE),
        ("cgr.dev/chainguard/node", Flavour.EITHER, Flavour.BARE),
        ("scratch", Flavour.EITHER, Flavour.BARE),
        ("nats:${V}", Flavour.BARE, Flavour.BARE),
    ],
)
def test_flavour(image: str, usual: Flavour, flavour: Flavour) -> None:
    assert flavour_of(parse_reference(image), usual) is flavour
