from __future__ import annotations

from pathlib import Path

import pytest

from patcher.baseline import NAME, Entry
from patcher.errors import UserError
from patcher.sink.baseline import baseline_change, read_baseline
from patcher.sink.files import write_all
from patcher.stack.disk import DiskFiles

ENTRIES = (Entry("compose.yaml", "rule", "0", "message", "reason"),)


def put(root: Path, path: str | None, entries: tuple[Entry, ...]) -> str:
    change = baseline_change(DiskFiles(root), path, entries)
    write_all(root, [change])
    return change.after.path


def test_what_is_written_is_read(tmp_path: Path) -> None:
    assert read_baseline(DiskFiles(tmp_path)) == ()
    assert put(tmp_path, None, ENTRIES) == NAME
    assert read_baseline(DiskFiles(tmp_path)) == ENTRIES
    assert put(tmp_path, "./ci/known.json", ENTRIES) == "ci/known.json"
    assert read_baseline(DiskFiles(tmp_path), "ci/known.json") == ENTRIES
    put(tmp_path, None, ())
    assert read_baseline(DiskFiles(tmp_path)) == ()


def test_a_file_that_is_named_must_exist(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"none\.json: no such file"):
        read_baseline(DiskFiles(tmp_path), "none.json")
    assert read_baseline(DiskFiles(tmp_path), "none.json", must_exist=False) == ()


def test_no_other_file_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("services: {}\n")
    with pytest.raises(UserError, match=r"compose\.yaml:1:1: not valid JSON"):
        put(tmp_path, "compose.yaml", ENTRIES)
    assert (tmp_path / "compose.yaml").read_text() == "services: {}\n"


@pytest.mark.parametrize("path", ["../known.json", "/tmp/known.json", "~/known.json"])
def test_nothing_outside_is_read_or_written(tmp_path: Path, path: str) -> None:
    with pytest.raises(UserError, match="lies outside of the project directory"):
        read_baseline(DiskFiles(tmp_path), path)
    with pytest.raises(UserError, match="lies outside of the project directory"):
        put(tmp_path, path, ENTRIES)


def test_a_link_out_of_the_project_is_not_followed(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (tmp_path / "known.json").write_text("{}")
    (root / NAME).symlink_to("../known.json")
    assert read_baseline(DiskFiles(root)) == ()
    with pytest.raises(UserError):
        put(root, None, ENTRIES)
    assert (tmp_path / "known.json").read_text() == "{}"
