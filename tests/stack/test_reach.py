from __future__ import annotations

import pytest

from patcher.stack.reach import (
    answering,
    has_own_lookup,
    is_generated,
    is_whole,
    names_beside,
    neighbours,
    network,
    network_owner,
    networks_of,
    own_hosts,
    shared,
)
from tests.stack.compose_texts import stack

TWO = """\
services:
  a: {image: x, networks: [front]}
  b: {image: x, networks: [back]}
"""


def only(text: str) -> str:
    return f"services:\n  a: {{image: x, {text}}}\n  b: {{image: x}}\n"


@pytest.mark.parametrize(
    ("definition", "name", "external"),
    [
        ("{}", None, False),
        ("{name: shops}", "shops", False),
        ("{external: true}", "front", True),
        ("{external: true, name: shops}", "shops", True),
        ("{external: {name: shops}}", "shops", True),
        ("{external: false}", None, False),
        ("{name: '${NET:-shops}'}", "shops", False),
    ],
)
def test_a_network_and_its_own_name(definition: str, name: str | None, external: bool) -> None:
    found = network(stack(f"{TWO}networks:\n  front: {definition}\n").project, "front")
    assert (found.key, found.name, found.external) == ("front", name, external)


def test_networks_are_one_by_their_own_name() -> None:
    for definition, count in [("{name: n}", 1), ("{external: true, name: n}", 1), ("{}", 0)]:
        text = f"{TWO}networks:\n  front: {{name: n}}\n  back: {definition}\n"
        project = stack(text).project
        one, other = (networks_of(project, project.services[name]) for name in "ab")
        assert len(shared(one, other)) == count


@pytest.mark.parametrize(
    ("mode", "owner"),
    [
        ("", "a"),
        ("network_mode: service:b", "b"),
        ("network_mode: host", None),
        ("network_mode: container:other", None),
        ("network_mode: service:gone", None),
        ("network_mode: service:a", None),
    ],
)
def test_whose_networks_a_service_uses(mode: str, owner: str | None) -> None:
    project = stack(only(mode or "tty: true")).project
    found = network_owner(project, project.services["a"])
    assert (found.name if found else None) == owner


def test_neighbours_share_a_network() -> None:
    text = f"{TWO}  c: {{image: x, networks: [front, back]}}\n  d: {{image: x}}\n"
    project = stack(text).project
    assert [one.name for one in neighbours(project, project.services["a"])] == ["c"]


def test_an_alias_is_answered_on_its_own_network_only() -> None:
    text = "services:\n  a: {image: x, networks: {front: {}, back: {aliases: [main]}}}\n"
    project = stack(text).project
    service = project.services["a"]
    assert [one.key for one in answering(project, service, "main")] == ["back"]
    assert [one.key for one in answering(project, service, "a")] == ["front", "back"]


def test_names_that_only_one_service_knows() -> None:
    text = only("extra_hosts: ['One:192.0.2.1'], links: ['b:two', b], external_links: [c_1:three]")
    assert own_hosts(stack(text).project.services["a"]) == {"one", "two", "b", "three"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dns: 192.0.2.53", True),
        ("dns_search: corp.example", True),
        ("volumes: ['/etc/hosts:/etc/hosts:ro']", True),
        ("volumes: ['./hosts:/srv/hosts']", False),
    ],
)
def test_a_lookup_of_its_own(text: str, expected: bool) -> None:
    assert has_own_lookup(stack(only(text)).project.services["a"]) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (TWO, True),
        ("include: [other.yaml]\n" + TWO, True),
        ("include: [../other.yaml]\n" + TWO, False),
        ("include:\n  - path: [other.yaml, /etc/other.yaml]\n" + TWO, False),
        (only("extends: {file: ../base.yaml, service: x}"), False),
        (only("extends: {service: b}"), True),
    ],
)
def test_a_project_is_whole_where_every_file_is_inside(text: str, expected: bool) -> None:
    other = {"other.yaml": "services: {c: {image: x}}\n"}
    assert is_whole(stack(text, other).project) is expected


@pytest.mark.parametrize(
    ("host", "plain", "swarm"),
    [
        ("shop-a-1", True, True),
        ("shop_a_1", True, True),
        ("shop_a", False, True),
        ("shop-a", False, False),
        ("a-1", False, False),
        ("shop-c-1", False, False),
    ],
)
def test_names_made_of_a_services(host: str, plain: bool, swarm: bool) -> None:
    assert is_generated(stack(TWO).project, host) is plain
    placed = only("deploy: {placement: {}}")
    assert is_generated(stack(placed).project, host) is swarm


def test_names_of_compose_files_that_are_not_read() -> None:
    beside = {
        "compose.extras.yml": "services: {Admin: {image: x, container_name: shop_admin}}\n",
        "values.yaml": "services: {other: {image: x}}\n",
        "broken-compose.yml": "services: [\n",
    }
    found = stack(TWO, beside)
    assert names_beside(found) == {"admin", "shop_admin"}
    assert not found.problems
