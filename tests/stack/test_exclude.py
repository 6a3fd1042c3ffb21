from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patcher.stack.exclude import is_excluded


@pytest.mark.parametrize(
    ("glob", "paths", "others"),
    [
        ("legacy", ["legacy", "legacy/a.yml", "a/legacy/b"], ["legacy.yml", "a/old-legacy"]),
        ("legacy/", ["legacy/a.yml", "a/legacy/b"], ["legacy.yml"]),
        ("*.conf", ["a.conf", "nginx/a.conf"], ["a.conf.bak"]),
        ("nginx/*.conf", ["nginx/a.conf"], ["nginx/x/a.conf", "a/nginx/a.conf", "a.conf"]),
        ("/nginx/*.conf", ["nginx/a.conf"], ["a/nginx/a.conf"]),
        ("nginx/**/*.conf", ["nginx/a.conf", "nginx/x/y/a.conf"], ["a.conf"]),
        ("**/compose.yml", ["compose.yml", "a/b/compose.yml"], ["compose.yaml"]),
        ("a/**", ["a/b", "a/b/c"], ["b/a"]),
        ("site-[ab].conf", ["site-a.conf"], ["site-c.conf"]),
        ("a?", ["ab"], ["a", "a/b"]),
    ],
)
def test_globs(glob: str, paths: list[str], others: list[str]) -> None:
    assert [path for path in paths if not is_excluded(path, [glob])] == []
    assert [path for path in others if is_excluded(path, [glob])] == []


def test_no_glob_excludes_nothing() -> None:
    assert not is_excluded("compose.yaml", ())


def test_many_stars_take_no_time() -> None:
    path = "/".join("a" * 60)
    assert not is_excluded(path, ["/".join(["**", "a"] * 30) + "/b"])
    assert not is_excluded("a" * 200, ["*a" * 60 + "b"])


NAME = st.text("ab.-", min_size=1, max_size=4)


@given(st.lists(NAME, min_size=1, max_size=4))
def test_a_path_excludes_itself_and_what_is_below(names: list[str]) -> None:
    path = "/".join(names)
    assert is_excluded(path, [f"/{path}"])
    assert is_excluded(f"{path}/x", [f"/{path}"])
    assert not is_excluded(f"x{path}", [f"/{path}"])
