"""`include`, and what is no compose file: read by the real Compose as well."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.real_compose import config, needs_compose
from tests.stack.compose.beside import agreed, loaded
from tests.stack.compose_texts import stack

INCLUDED = "services: {b: {image: '${Q:-}/${R:-}', volumes: ['./v:/v'], env_file: x.env}}\n"
BESIDE = {
    "d/c.yaml": INCLUDED,
    "d/x.env": "A=$Q\n",
    "d/.env": "Q=d\nR=d\n",
    "d2/x.env": "A=d2\n",
    "d2/.env": "Q=d2\n",
    ".env": "R=root\n",
}


@needs_compose
@pytest.mark.parametrize(
    ("include", "image", "mount"),
    [
        ("d/c.yaml", "d/root", "d/v"),
        ("{path: d/c.yaml}", "d/root", "d/v"),
        ("{path: [d/c.yaml, e/o.yaml]}", "d/root", "d/v"),
        ("{path: d/c.yaml, project_directory: d2}", "d2/root", "d2/v"),
        ("{path: d/c.yaml, env_file: f.env}", "f/root", "d/v"),
        ("{path: d/c.yaml, env_file: [f.env, g.env]}", "rootg/root", "d/v"),
    ],
)
def test_include(include: str, image: str, mount: str, tmp_path: Path) -> None:
    files = {
        **BESIDE,
        "compose.yaml": f"include:\n  - {include}\nservices: {{a: {{image: x}}}}\n",
        "e/o.yaml": "services: {b: {environment: {Z: 1}}}\n",
        "f.env": "Q=f\n",
        "g.env": "R=not this\nQ=${R}g\n",
    }
    stripped = {path: text.replace(", env_file: x.env", "") for path, text in files.items()}
    view = agreed(tmp_path, stripped)["b"]
    assert (view["image"], view["mounts"]) == (image, {"/v": mount})


@needs_compose
def test_included_env_files_see_the_variables_of_the_project(tmp_path: Path) -> None:
    files = {**BESIDE, "compose.yaml": "include: [d/c.yaml]\n", ".env": "Q=root\n"}
    assert agreed(tmp_path, files)["b"]["environment"] == {"A": "root"}


@needs_compose
def test_nested_includes_and_an_override_of_what_is_included(tmp_path: Path) -> None:
    files = {
        "compose.yaml": "include: [d/c.yaml]\n",
        "compose.override.yaml": "services: {b: {environment: {Z: 1}}}\n",
        "d/c.yaml": "include: [../e/c.yaml]\nservices: {b: {image: y}}\n",
        "e/c.yaml": "services: {c: {image: x, volumes: ['./x:/x']}}\n",
    }
    view = agreed(tmp_path, files)
    assert view["b"]["environment"] == {"Z": "1"}
    assert view["c"]["mounts"] == {"/x": "e/x"}


@needs_compose
def test_the_main_document_is_of_the_projects_own_file(tmp_path: Path) -> None:
    files = {
        "compose.yaml": "include: [d/c.yaml]\nservices: {a: {image: x}}\n",
        "d/c.yaml": "services: {b: {image: y}}\n",
    }
    project = loaded(tmp_path, files).project
    assert [one.tree.source.path for one in project.documents] == ["d/c.yaml", "compose.yaml"]
    assert [one.included for one in project.documents] == [True, False]
    assert project.main is project.documents[1]


@needs_compose
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a\n", "the top level must be a mapping"),
        ("services: {a: {image: x}}\n---\n# nothing\n", "the file has no services"),
        ("services: [a]\n", "`services` must be a mapping"),
        ("services: {a: x}\n", "service `a` must be a mapping"),
        ("services: {'a b': {image: x}}\n", "`a b` is no service name that Compose takes"),
        ("services: {'é': {image: x}}\n", "`é` is no service name that Compose takes"),
        ("services: {'$(id)': {image: x}}\n", "`$(id)` is no service name that Compose takes"),
        ("services: {'': {image: x}}\n", "`` is no service name that Compose takes"),
        ("include: [none.yaml]\n", "no such file"),
    ],
)
def test_refused_as_compose_refuses_it(text: str, message: str, tmp_path: Path) -> None:
    problems = stack(text).problems
    assert [one.message for one in problems] == [message]
    (tmp_path / "compose.yaml").write_text(text, encoding="utf-8")
    assert config(tmp_path) is None


@needs_compose
def test_a_name_in_a_file_that_only_extends_names_is_free(tmp_path: Path) -> None:
    files = {
        "compose.yaml": "services: {a: {extends: {file: b.yaml, service: 'c d'}}}\n",
        "b.yaml": "services: {'c d': {image: x}}\n",
    }
    assert agreed(tmp_path, files)["a"]["image"] == "x"
