from __future__ import annotations

import pytest

from patcher.stack.compose.swarm import refusal, swarm_sign
from tests.stack.compose_texts import stack


def sign(service: str, more: str = "") -> str | None:
    return swarm_sign(stack(f"services:\n  a: {{{service}}}\n{more}").project)


@pytest.mark.parametrize(
    ("deploy", "shown"),
    [
        ("placement: {constraints: [node.role == manager]}", "`deploy.placement` of `a`"),
        ("update_config: {order: start-first}", "`deploy.update_config` of `a`"),
        ("endpoint_mode: dnsrr", "`deploy.endpoint_mode` of `a`"),
        ("mode: global", "`deploy.mode: global` of `a`"),
    ],
)
def test_settings_that_only_swarm_reads(deploy: str, shown: str) -> None:
    assert sign(f"image: x, deploy: {{{deploy}}}") == shown


def test_an_overlay_network() -> None:
    networks = "networks:\n  far: {driver: overlay}\n"
    assert sign("image: x", networks) == "the overlay network `far`"


@pytest.mark.parametrize("deploy", ["replicas: 2", "mode: replicated", "resources: {}"])
def test_settings_that_compose_reads_too(deploy: str) -> None:
    assert sign(f"image: x, deploy: {{{deploy}}}") is None


@pytest.mark.parametrize(
    "service",
    [
        "build: ., deploy: {mode: global}",
        "image: x, deploy: {mode: global}, depends_on: {b: {condition: service_started}}",
    ],
)
def test_what_swarm_would_refuse_is_read_by_compose(service: str) -> None:
    assert sign(service, "  b: {image: x}\n") is None


def test_the_refusal_says_why_and_what_to_do() -> None:
    found = refusal(stack("services:\n  a: {image: x, deploy: {mode: global}}\n").project)
    assert found is not None
    assert found.reason.startswith("`deploy.mode: global` of `a` is for Swarm")
    assert found.by_hand
    assert refusal(stack("services:\n  a: {image: x}\n").project) is None
