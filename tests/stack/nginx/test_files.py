from __future__ import annotations

import pytest

from patcher.stack.nginx.files import NginxFiles
from patcher.stack.nginx.written import Written
from patcher.stack.problem import Problems
from patcher.stack.start.container import project_as_root
from patcher.text import Source
from tests.variants import MemoryFiles

PATHS = ("a/one.conf", "a/two.conf", "b/one.conf", "b/.three.conf", "t/new.conf.template")
FILES = NginxFiles(
    project_as_root(MemoryFiles({path: Source(path, path) for path in PATHS})),
    Problems(),
    Written(copies={"/a/new.conf": "/t/new.conf.template"}),
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


def test_what_is_moved_away_is_gone() -> None:
    files = NginxFiles(FILES.files, Problems(), Written(gone={"/a/one.conf"}))
    assert files.read("/a/one.conf") is None
    assert files.matches("/a/*") == ["/a/two.conf"]


def test_the_writer_of_what_is_not_known() -> None:
    files = NginxFiles(FILES.files, Problems(), Written(unknown={"/a/new.conf": "start.sh"}))
    assert files.writer("/a/new.conf") == "start.sh"
    assert files.writer("/a/one.conf") is None
    assert "/a/new.conf" in files.matches("/a/*.conf")


def test_a_volume_is_not_the_projects() -> None:
    files = NginxFiles(FILES.files, Problems(), volumes=("/v",))
    assert files.is_outside("/v")
    assert files.is_outside("/v/x")
    assert not files.is_outside("/vx")
