"""Where paths lead."""

from __future__ import annotations

from pathlib import Path

import pytest

from patcher.links import followed


def test_links_are_followed_whether_the_end_is_there_or_not(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder")
    assert followed(tmp_path / "link" / ".." / "link" / "x") == tmp_path / "folder" / "x"
    (tmp_path / "dangling").symlink_to("missing/file")
    assert followed(tmp_path / "dangling") == tmp_path / "missing" / "file"


@pytest.mark.parametrize("name", ["loop", "loop/x", "one", "two/x", "a\0b", "a" * 5000])
def test_what_leads_nowhere(tmp_path: Path, name: str) -> None:
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    assert followed(tmp_path / name) is None
