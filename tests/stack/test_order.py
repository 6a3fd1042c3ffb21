from __future__ import annotations

import pytest

from patcher.stack.order import inheritors, reachable
from tests.stack.compose_texts import stack


@pytest.mark.parametrize(
    "line",
    [
        "depends_on: [b]",
        "depends_on: {b: {condition: service_healthy}}",
        'links: ["b:other"]',
        'volumes_from: ["b:ro"]',
        "network_mode: service:b",
        "ipc: service:b",
        "pid: service:b",
    ],
)
def test_what_compose_starts_before(line: str) -> None:
    text = f"services:\n  a:\n    image: x\n    {line}\n  b: {{image: x, depends_on: [c]}}\n"
    assert reachable(stack(text + "  c: {image: x}\n"), "a") == {"b", "c"}


def test_a_circle_ends() -> None:
    text = "services:\n  a: {image: x, depends_on: [b]}\n  b: {image: x, depends_on: [a]}\n"
    assert reachable(stack(text), "a") == {"a", "b"}


def test_needs_count_where_asked() -> None:
    text = "services:\n  a: {image: x, environment: {DB_HOST: db}}\n  db: {image: postgres}\n"
    assert reachable(stack(text), "a") == set()
    assert reachable(stack(text), "a", with_needs=True) == {"db"}


def test_networks_of_the_host_and_of_containers_are_no_services() -> None:
    text = "services:\n  a: {image: x, network_mode: host, pid: host, ipc: container:b}\n"
    assert reachable(stack(text), "a") == set()


def test_who_takes_a_definition_over() -> None:
    text = (
        "services:\n  a: {image: x}\n  b: {extends: a}\n  c: {extends: {service: b}}\n"
        "  d: {extends: {file: common.yaml, service: a}}\n  e: {image: x}\n"
    )
    found = stack(text, {"common.yaml": "services:\n  a: {image: y}\n"})
    services = found.project.services
    assert [one.name for one in inheritors(found, services["a"])] == ["b", "c"]
    assert [one.name for one in inheritors(found, services["b"])] == ["c"]
    assert inheritors(found, services["e"]) == []
