from __future__ import annotations

import pytest

from patcher.stack.nginx.files import NginxFiles, rendered
from patcher.stack.problem import Problems
from patcher.stack.start.container import project_as_root
from patcher.text import Source
from tests.stack.nginx_texts import stack
from tests.variants import MemoryFiles

PATHS = ("a/one.conf", "a/two.conf", "b/one.conf", "b/.three.conf", "t/new.conf.template")
FILES = NginxFiles(
    project_as_root(MemoryFiles({path: Source(path, path) for path in PATHS})),
    {"/a/new.conf": "/t/new.conf.template"},
    Problems(),
)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("/a/*.conf", ["/a/new.conf", "/a/one.conf", "/a/two.conf"]),
        ("/*/one.conf", ["/a/one.conf", "/b/one.conf", "/t/one.conf"]),
        ("/[ab]/o*", ["/a/one.conf", "/b/one.conf"]),
        ("/b/*", ["/b/one.conf"]),
        ("/b/.*", ["/b/.three.conf"]),
        ("/a/???.conf", ["/a/new.conf", "/a/one.conf", "/a/two.conf"]),
        ("/c/*", []),
        ("/c/none", ["/c/none"]),
    ],
)
def test_matches(pattern: str, expected: list[str]) -> None:
    assert FILES.matches(pattern) == expected


def test_a_rendered_path_reads_its_template() -> None:
    found = FILES.read("/a/new.conf")
    assert found is not None
    assert found.path == "t/new.conf.template"
    assert FILES.read("/a/none") is None


def test_names() -> None:
    assert FILES.has_names("/a")
    assert not FILES.has_names("/c")
    assert not FILES.is_outside("/a/one.conf")


def templates(environment: str, *paths: str) -> dict[str, str]:
    compose = (
        "services:\n  web:\n    image: nginx\n    volumes: ['./t:/etc/nginx/templates', './u:/u']\n"
        f"    environment: {environment}\n"
    )
    return rendered(stack({"compose.yaml": compose, **dict.fromkeys(paths, "")}).facts["web"])


def test_the_entrypoint_renders_templates_of_folders_too() -> None:
    assert templates("{}", "t/a.conf.template", "t/sub/b.conf.template", "t/c.conf") == {
        "/etc/nginx/conf.d/a.conf": "/etc/nginx/templates/a.conf.template",
        "/etc/nginx/conf.d/sub/b.conf": "/etc/nginx/templates/sub/b.conf.template",
    }


def test_the_entrypoint_is_told_where_and_what_to_render() -> None:
    environment = (
        "{NGINX_ENVSUBST_TEMPLATE_DIR: /u, NGINX_ENVSUBST_TEMPLATE_SUFFIX: .in,"
        " NGINX_ENVSUBST_OUTPUT_DIR: /etc/nginx}"
    )
    assert templates(environment, "u/nginx.conf.in", "u/x.template", "t/y.template") == {
        "/etc/nginx/nginx.conf": "/u/nginx.conf.in"
    }
