"""Projects of several files and documents: every case is read by the real Compose as well."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.real_compose import config, needs_compose
from tests.stack.compose.beside import agreed, loaded
from tests.stack.compose_texts import stack

NAMES = [
    ({"compose.yaml": "services: {a: {image: x}}\n"}, (), "stack"),
    ({"compose.yaml": "name: one\nservices: {a: {image: x}}\n"}, (), "one"),
    ({"compose.yaml": "name: o$N\nservices: {a: {image: x}}\n", ".env": "N=n\n"}, (), "on"),
    (
        {
            "compose.yaml": "name: one\nservices: {a: {image: x}}\n",
            ".env": "COMPOSE_PROJECT_NAME=two\n",
        },
        (),
        "two",
    ),
    (
        {
            "compose.yaml": "name: one\nservices: {a: {image: x}}\n",
            "compose.override.yaml": "name: two\nservices: {a: {command: y}}\n",
        },
        (),
        "two",
    ),
    (
        {
            "compose.yaml": "include: [x/c.yaml]\nservices: {a: {image: x}}\n",
            "x/c.yaml": "name: two\nservices: {b: {image: y}}\n",
        },
        (),
        "stack",
    ),
    ({"Sub.Folder/c.yaml": "services: {a: {image: x}}\n"}, ("Sub.Folder/c.yaml",), "subfolder"),
]


@needs_compose
@pytest.mark.parametrize(("files", "given", "name"), NAMES)
def test_name(files: dict[str, str], given: tuple[str, ...], name: str, tmp_path: Path) -> None:
    path = given[0] if given else "compose.yaml"
    image = "image: '${COMPOSE_PROJECT_NAME}'"
    files = {**files, path: files[path].replace("image: x", image)}
    assert agreed(tmp_path, files, given)["a"]["image"] == name
    assert loaded(tmp_path, files, given).project.name == name
    assert config(tmp_path / "stack", files=given)["name"] == name


@needs_compose
def test_several_documents_merge(tmp_path: Path) -> None:
    text = (
        "services: {a: {image: x, environment: {A: 1}}}\n---\n"
        "services: {a: {environment: {B: 2}}, b: {image: y}}\n"
    )
    view = agreed(tmp_path, {"compose.yaml": text})
    assert view["a"]["environment"] == {"A": "1", "B": "2"}
    assert list(view) == ["a", "b"]


@needs_compose
def test_anchors_and_merge_keys(tmp_path: Path) -> None:
    text = """x-a: &a {image: x, environment: &e {A: 1}}
x-b: &b {command: [q], image: z}
services:
  a: {<<: [*a, *b], environment: {<<: *e, B: 2}}
  b: *a
  c: &c
    <<: *b
    image: w
  d:
    <<: *c
    command: e
"""
    view = agreed(tmp_path, {"compose.yaml": text})
    assert [view[name]["image"] for name in "abcd"] == ["x", "x", "w", "w"]
    assert view["a"]["environment"] == {"A": "1", "B": "2"}


@needs_compose
def test_a_service_taken_away_or_replaced(tmp_path: Path) -> None:
    files = {
        "compose.yaml": "services: {a: {image: x, ports: ['1:1']}, b: {image: x}}\n",
        "compose.override.yaml": "services: {a: !override {image: y}, b: !reset null}\n",
    }
    view = agreed(tmp_path, files)
    assert list(view) == ["a"]
    assert view["a"]["ports"] == set()


@needs_compose
def test_extends_in_the_same_file(tmp_path: Path) -> None:
    text = """services:
  base: {image: x, command: [a], environment: {A: 1, B: 1}, depends_on: [d], networks: [n1],
         ports: ['80:80'], healthcheck: {test: [CMD, 'true']}, volumes: ['./v:/v']}
  a: {extends: base, command: b c, environment: [B=2], networks: [n2], ports: ['81:81'],
      healthcheck: {retries: 3}, volumes: ['./w:/v']}
  d: {image: x}
networks: {n1: , n2: }
"""
    view = agreed(tmp_path, {"compose.yaml": text})["a"]
    assert view["environment"] == {"A": "1", "B": "2"}
    assert view["ports"] == {80, 81}
    assert view["mounts"] == {"/v": "w"}


@needs_compose
def test_extends_through_files(tmp_path: Path) -> None:
    files = {
        "compose.yaml": "services: {a: {extends: {file: d/c.yaml, service: b}}, z: {image: x}}\n",
        "d/c.yaml": "services: {b: {extends: {file: ../e/c.yaml, service: b}, build: ./ctx}}\n",
        "e/c.yaml": "services: {b: {image: '$Q', volumes: ['./v:/v'], env_file: x.env}}\n",
        "e/x.env": "B=1\n",
        "d/.env": "Q=1\n",
        ".env": "Q=2\n",
    }
    view = agreed(tmp_path, files)["a"]
    assert view["image"] == "2"
    assert view["mounts"] == {"/v": "e/v"}
    assert view["build"] == ("d/ctx", "d/ctx/Dockerfile", None, {})


@needs_compose
def test_relative_paths_start_at_the_first_file(tmp_path: Path) -> None:
    files = {
        "d/c.yaml": "services: {a: {build: ./ctx, volumes: ['./v:/v'], env_file: x.env}}\n",
        "d/x.env": "A=$Q\n",
        "d/.env": "Q=1\n",
        ".env": "Q=2\n",
        "e/o.yaml": "services: {a: {volumes: ['./w:/w']}}\n",
    }
    view = agreed(tmp_path, files, ("d/c.yaml", "e/o.yaml"))["a"]
    assert view["mounts"] == {"/v": "d/v", "/w": "d/w"}
    assert view["environment"] == {"A": "1"}


def test_a_network_host_or_alias_names_its_service() -> None:
    text = (
        "services: {a: {image: x, container_name: c, hostname: h, networks: {n: {aliases: [z]}}}}"
    )
    project = stack(text + "\nnetworks: {n: }\n").project
    assert all(project.by_name(name) is project.services["a"] for name in ("a", "c", "h", "z"))
    assert project.by_name("other") is None
