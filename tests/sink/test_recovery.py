"""What the next start does with a run that was cut off, and with what a repository may ship."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from patcher.errors import UserError
from patcher.sink.names import DRAFT, JOURNAL
from patcher.sink.places import digest
from patcher.sink.recovery import recover
from patcher.sink.unfinished import refuse_unfinished
from tests.sink.faults import make_project, snapshot

TOKEN = "0123456789abcdef"
SECONDS = 1_700_000_000


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A run was killed between the renames of a and of b; n/new is new, its directory too."""
    root = tmp_path / "project"
    (root / "n").mkdir(parents=True)
    files = {
        "a": "new a",
        f".hanna-fix.tmp-{TOKEN}-0.old": "old a",
        "b": "old b",
        f".hanna-fix.tmp-{TOKEN}-1.new": "new b",
        f".hanna-fix.tmp-{TOKEN}-1.old": "old b",
        "n/new": "new n",
        "unrelated": "kept",
    }
    for path, text in files.items():
        (root / path).write_text(text)
    write_journal(root, content())
    return root


def entry(path: str, old: str | None, new: str) -> dict[str, Any]:
    hashed = None if old is None else digest(old.encode())
    return {"path": path, "old": hashed, "new": digest(new.encode())}


def content(**other: Any) -> dict[str, Any]:
    files = [
        entry("a", "old a", "new a"),
        entry("b", "old b", "new b"),
        entry("n/new", None, "new n"),
    ]
    usual = {
        "format": "hanna-fix journal 1",
        "token": TOKEN,
        "seconds": SECONDS,
        "files": files,
        "folders": ["n"],
    }
    return {**usual, **other}


def write_journal(root: Path, data: Any, seconds: int = SECONDS) -> None:
    text = data if isinstance(data, str) else json.dumps(data)
    (root / JOURNAL).write_text(text)
    os.utime(root / JOURNAL, (seconds, seconds))


def refused(root: Path) -> str:
    """Recover, which must touch nothing in the project or around it; return the one line."""
    before = snapshot(root.parent)
    with pytest.raises(UserError) as caught:
        recover(root, print)
    assert snapshot(root.parent) == before
    line = str(caught.value)
    assert "\n" not in line
    assert caught.value.todo
    return line


def test_puts_back(root: Path) -> None:
    told: list[str] = []
    recover(root, told.append)
    assert told == ["an earlier apply was cut off; put back: a, n/new"]
    files = {path: bytes.fromhex(one[2]) for path, one in snapshot(root).items()}
    assert files == {"a": b"old a", "b": b"old b", "unrelated": b"kept"}


def test_does_nothing_where_nothing_was_cut_off(tmp_path: Path) -> None:
    make_project(tmp_path / "project")
    before = snapshot(tmp_path)
    refuse_unfinished(tmp_path / "project")
    recover(tmp_path / "project", print)
    assert snapshot(tmp_path) == before


def test_a_directory_that_holds_something_else_stays(root: Path) -> None:
    (root / "n" / "theirs").touch()
    recover(root, lambda _: None)
    assert {path.name for path in (root / "n").iterdir()} == {"theirs"}


class TestEdited:
    """Somebody has changed a file since: nobody's work may be lost."""

    def test_a_new_file(self, root: Path) -> None:
        (root / "a").write_text("theirs")
        line = refused(root)
        assert f"a is neither old nor new (was .hanna-fix.tmp-{TOKEN}-0.old)" in line
        assert "b is old" in line
        assert "n/new is new" in line
        assert f"remove .hanna-fix.journal and all .hanna-fix.tmp-{TOKEN}-*" in line

    def test_an_old_file(self, root: Path) -> None:
        (root / "b").write_text("theirs")
        assert "b is neither old nor new" in refused(root)

    def test_a_file_that_was_removed(self, root: Path) -> None:
        (root / "b").unlink()
        assert "b is neither old nor new" in refused(root)

    def test_the_mode_of_a_new_file(self, root: Path) -> None:
        (root / "a").chmod(0o600)
        assert "files have changed since" in refused(root)

    def test_a_backup(self, root: Path) -> None:
        (root / f".hanna-fix.tmp-{TOKEN}-0.old").write_text("theirs")
        assert "files have changed since" in refused(root)

    def test_a_backup_that_was_removed(self, root: Path) -> None:
        (root / f".hanna-fix.tmp-{TOKEN}-0.old").unlink()
        assert "a is new, b is old" in refused(root)


class TestHostile:
    """A repository ships a journal: nothing may be touched."""

    @pytest.mark.parametrize(
        "data",
        [
            "",
            "x",
            "[]",
            "null",
            "[" * 100_000,
            "1" * 10_000,
            '{"format": "hanna-fix journal 1"}',
            "\x00" * 100,
            content(format="hanna-fix journal 2"),
            content(more=1),
            content(files=[]),
            content(files="ab"),
            content(files=[1]),
            content(files=[{"path": "a"}]),
            content(files=[entry("a", "old a", "new a") | {"more": 1}]),
            content(files=[{"path": "a", "old": "0", "new": "1"}]),
            content(files=[entry("a", "old a", "new a") | {"old": ""}]),
            content(files=[entry("a", "same", "same")]),
            content(files=[entry("a", "old a", "new a")] * 2),
            content(token="../../../../x"),
            content(token=TOKEN.upper()),
            content(token=""),
            content(seconds="now"),
            content(folders=["unrelated"]),
            content(folders=["."]),
            content(folders=[".."]),
            content(folders=[1]),
            content(folders=["n", "n"]),
        ],
        ids=lambda data: json.dumps(data)[:40],
    )
    def test_no_journal(self, root: Path, data: Any) -> None:
        write_journal(root, data)
        line = refused(root)
        assert line.startswith(".hanna-fix.journal: is no journal of hanna-fix; compare the files")

    @pytest.mark.parametrize(
        "path",
        [
            "../outside",
            "/etc/hosts",
            "x/../a",
            "./a",
            "a/",
            "",
            ".",
            "..",
            "n//new",
            "a\x00b",
            "\ud800",
            "x/" * 200_000 + "x",
            "x" * 5000,
            "link/outside",
            "folder/new",
            ".git/config",
            "n/.GIT/hooks/pre-commit",
            JOURNAL,
            f".hanna-fix.tmp-{TOKEN}-1.old",
        ],
        ids=lambda path: path[:20].encode("unicode_escape").decode("ascii"),
    )
    def test_a_path_that_no_run_writes(self, root: Path, path: str) -> None:
        (root.parent / "outside").write_text("new")
        (root.parent / f".hanna-fix.tmp-{TOKEN}-0.old").write_text("old")
        (root / "link").symlink_to("..")
        (root / "folder").symlink_to("n")
        (root / ".git").mkdir()
        (root / ".git" / "config").write_text("new")
        write_journal(root, content(files=[entry(path, "old", "new")], folders=[]))
        assert "is no journal of hanna-fix" in refused(root)

    def test_one_that_was_checked_in(self, root: Path) -> None:
        os.utime(root / JOURNAL, (SECONDS + 60.5, SECONDS + 60.5))
        assert "was not written here but copied or checked in; nothing was touched" in refused(root)

    def test_a_target_that_is_a_link(self, root: Path) -> None:
        (root.parent / "outside").write_text("new a")
        (root / "a").unlink()
        (root / "a").symlink_to("../outside")
        assert "a is neither old nor new" in refused(root)

    def test_a_backup_that_is_a_link(self, root: Path) -> None:
        backup = root / f".hanna-fix.tmp-{TOKEN}-0.old"
        backup.rename(root.parent / "outside")
        backup.symlink_to("../outside")
        assert "is not a regular file" in refused(root)

    @pytest.mark.parametrize("name", [JOURNAL, DRAFT])
    @pytest.mark.parametrize("kind", ["link", "folder", "pipe"])
    def test_another_kind_of_file(self, root: Path, name: str, kind: str) -> None:
        make: dict[str, Callable[[Path], None]] = {
            "link": lambda path: path.symlink_to("../outside"),
            "folder": Path.mkdir,
            "pipe": os.mkfifo,
        }
        shutil.copy2(root / JOURNAL, root.parent / "outside")
        (root / name).unlink(missing_ok=True)
        make[kind](root / name)
        try:
            refused_without_reading(root)
        finally:
            (root / name).rmdir() if kind == "folder" else (root / name).unlink()

    def test_a_huge_one(self, root: Path) -> None:
        with (root / JOURNAL).open("wb") as file:
            file.truncate(1 << 40)
        with pytest.raises(UserError, match="is no journal of hanna-fix"):
            recover(root, print)

    def test_a_huge_target(self, root: Path) -> None:
        with (root / "a").open("wb") as file:
            file.truncate(1 << 40)
        with pytest.raises(UserError, match="a is neither old nor new"):
            recover(root, print)

    def test_a_name_with_a_terminal_escape(self, root: Path) -> None:
        files = [entry("\x1b[2Ja\nb", "old", "new")]
        write_journal(root, content(files=files, folders=[]))
        line = refused(root)
        assert "\x1b" not in line
        assert r"\x1b[2Ja\nb is neither old nor new" in line


def refused_without_reading(root: Path) -> None:
    """As `refused`, where a snapshot would wait for a pipe."""
    names = sorted(path.name for path in root.iterdir())
    with pytest.raises(UserError, match=r"is no journal of hanna-fix|is not a regular file"):
        recover(root, print)
    assert sorted(path.name for path in root.iterdir()) == names
    assert (root / "a").read_text() == "new a"
