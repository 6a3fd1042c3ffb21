from __future__ import annotations

import errno
import os
import re
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from patcher.engine.outcome import Change
from patcher.errors import Bug, UserError
from patcher.sink import journal
from patcher.sink.files import write_all
from patcher.sink.recovery import recover
from patcher.text import Source

Tree = dict[str, bytes]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "nginx").mkdir(parents=True)
    (root / "a.yml").write_bytes(b"a: 1\n")
    (root / "b.yml").write_bytes(b"\xef\xbb\xbfb: 1\r\nc: 2")
    (root / "nginx" / "c.conf").write_bytes(b"c;\n")
    return root


def tree(root: Path) -> Tree:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def change(root: Path, path: str, text: str) -> Change:
    before = Source.decode(path, (root / path).read_bytes())
    return Change(before, before.with_text(text))


def new(path: str, text: str = "new\n", mode: int = 0o644) -> Change:
    return Change(None, Source(path, text, mode=mode))


def three(root: Path) -> list[Change]:
    return [change(root, path, "new\n") for path in ("a.yml", "b.yml", "nginx/c.conf")]


class TestWrites:
    def test_every_file_byte_for_byte(self, root: Path) -> None:
        write_all(
            root,
            [
                change(root, "a.yml", "a: 2\n"),
                change(root, "b.yml", "b: 3\r\nc: \u00fc"),
                new("docs/deep/DEPLOY.md", "x"),
            ],
        )
        assert tree(root) == {
            "a.yml": b"a: 2\n",
            "b.yml": b"\xef\xbb\xbfb: 3\r\nc: \xc3\xbc",
            "nginx/c.conf": b"c;\n",
            "docs/deep/DEPLOY.md": b"x",
        }

    def test_nothing_for_nothing(self, root: Path) -> None:
        before = tree(root)
        inode = (root / "a.yml").stat().st_ino
        write_all(root, [])
        write_all(root, [change(root, "a.yml", "a: 1\n")])
        assert tree(root) == before
        assert (root / "a.yml").stat().st_ino == inode

    @pytest.mark.parametrize("mode", [0o600, 0o644, 0o755, 0o664])
    def test_with_the_mode_that_the_file_has(self, root: Path, mode: int) -> None:
        (root / "a.yml").chmod(mode)
        write_all(root, [change(root, "a.yml", "x")])
        assert stat.S_IMODE((root / "a.yml").stat().st_mode) == mode

    @pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o755), (0o077, 0o700)])
    def test_a_new_file_with_its_mode_less_the_umask(
        self, root: Path, umask: int, mode: int
    ) -> None:
        old = os.umask(umask)
        try:
            write_all(root, [new("init.sh", mode=0o755)])
        finally:
            assert os.umask(old) == umask
        assert stat.S_IMODE((root / "init.sh").stat().st_mode) == mode

    @pytest.mark.skipif(sys.platform != "linux", reason="only Linux has these calls")
    def test_with_the_attributes_that_the_file_has(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        given: list[tuple[str, bytes]] = []
        monkeypatch.setattr(os, "listxattr", lambda _: ["acl", "user.note"])
        monkeypatch.setattr(os, "getxattr", lambda path, name: f"{path.name} {name}".encode())

        def setxattr(descriptor: int, name: str, value: bytes) -> None:
            if name == "acl":
                raise PermissionError(errno.EPERM, "no")
            given.append((name, value))

        monkeypatch.setattr(os, "setxattr", setxattr)
        write_all(root, [change(root, "a.yml", "x")])
        assert given == [("user.note", b"a.yml user.note")]

    def test_through_a_link_that_stays(self, root: Path) -> None:
        (root / "link.yml").symlink_to("nginx/c.conf")
        (root / "folder").symlink_to("nginx")
        write_all(root, [change(root, "link.yml", "one"), new("folder/d.conf", "two")])
        assert (root / "link.yml").is_symlink()
        assert (root / "nginx" / "c.conf").read_bytes() == b"one"
        assert (root / "nginx" / "d.conf").read_bytes() == b"two"

    def test_one_file_under_two_names_once_if_both_agree(self, root: Path) -> None:
        (root / "link.yml").symlink_to("a.yml")
        write_all(root, [change(root, "a.yml", "x"), change(root, "link.yml", "x")])
        assert (root / "a.yml").read_bytes() == b"x"

    def test_below_a_root_that_is_itself_a_link(self, root: Path, tmp_path: Path) -> None:
        (tmp_path / "link").symlink_to(root)
        write_all(tmp_path / "link", [change(root, "a.yml", "x")])
        assert (root / "a.yml").read_bytes() == b"x"

    @pytest.mark.skipif(sys.platform != "linux", reason="names descriptors through /proc")
    def test_each_step_is_on_disk_before_the_next(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        events: list[str] = []
        sync, replace, unlink = os.fsync, os.replace, os.unlink

        def name(path: object) -> str:
            return re.sub(r"-[0-9a-f]{16}-", "-", Path(str(path)).name)

        def synced(descriptor: int) -> None:
            events.append(f"sync {name(Path(f'/proc/self/fd/{descriptor}').readlink())}")
            sync(descriptor)

        def renamed(source: Path, target: Path) -> None:
            events.append(f"rename {name(source)} {name(target)}")
            replace(source, target)

        def removed(path: Path) -> None:
            if path.exists():
                events.append(f"remove {name(path)}")
            unlink(path)

        monkeypatch.setattr(os, "fsync", synced)
        monkeypatch.setattr(os, "replace", renamed)
        monkeypatch.setattr(os, "unlink", removed)
        write_all(root, [change(root, path, "new\n") for path in ("a.yml", "nginx/c.conf")])
        folders = ["sync project", "sync nginx"]
        assert events == [
            "sync .hanna-fix.journal.new",
            "sync .hanna-fix.journal.new",
            "rename .hanna-fix.journal.new .hanna-fix.journal",
            "sync project",
            "sync .hanna-fix.tmp-0.new",
            "sync .hanna-fix.tmp-1.new",
            *folders,
            "rename .hanna-fix.tmp-0.new a.yml",
            "rename .hanna-fix.tmp-1.new c.conf",
            *folders,
            "remove .hanna-fix.tmp-0.old",
            "remove .hanna-fix.tmp-1.old",
            *folders,
            "remove .hanna-fix.journal",
            "sync project",
            "remove .hanna-fix.lock",
        ]


class TestRefuses:
    """Each time the good change comes first, and must not have been written."""

    def refused(self, root: Path, bad: Change, message: str) -> None:
        before = tree(root)
        with pytest.raises(UserError, match=message) as caught:
            write_all(root, [change(root, "a.yml", "good"), bad])
        assert caught.value.todo
        assert "\n" not in str(caught.value)
        assert tree(root) == before

    def test_a_file_that_changed(self, root: Path) -> None:
        bad = change(root, "b.yml", "x")
        (root / "b.yml").write_bytes(b"b: 1\r\nc: 2")  # the byte order mark is gone
        self.refused(root, bad, r"b\.yml: changed since it was read")

    def test_a_file_that_is_gone(self, root: Path) -> None:
        bad = change(root, "b.yml", "x")
        (root / "b.yml").unlink()
        self.refused(root, bad, r"b\.yml: was removed")

    def test_a_new_file_that_exists(self, root: Path) -> None:
        self.refused(root, new("b.yml"), r"b\.yml: exists already")

    def test_a_new_file_at_a_dangling_link(self, root: Path) -> None:
        (root / "d.yml").symlink_to("nowhere.yml")
        self.refused(root, new("d.yml"), r"d\.yml: exists already")

    def test_a_new_file_below_a_file(self, root: Path) -> None:
        self.refused(root, new("b.yml/c/d"), "cannot be written")

    def test_a_link_out_of_the_root(self, root: Path, tmp_path: Path) -> None:
        outside = tmp_path / "outside.yml"
        outside.write_bytes(b"secret\n")
        (root / "link.yml").symlink_to(outside)
        (root / "up").symlink_to(tmp_path)
        bad = change(root, "link.yml", "x")
        self.refused(root, bad, r"link\.yml: lies outside of the project")
        self.refused(root, new("up/new.yml"), r"up/new\.yml: lies outside of the project")
        self.refused(root, new("../new.yml"), "lies outside of the project")
        self.refused(root, new(str(tmp_path / "new.yml")), "lies outside of the project")
        self.refused(root, new("."), "lies outside|exists already")
        assert outside.read_bytes() == b"secret\n"

    @pytest.mark.parametrize("path", [".git/config", "a/.GIT/x", ".hanna-fix.journal"])
    def test_what_belongs_to_git_or_to_a_run(self, root: Path, path: str) -> None:
        self.refused(root, new(path), "belongs to git or to hanna-fix itself")

    def test_a_link_to_itself_and_an_impossible_name(self, root: Path) -> None:
        (root / "loop").symlink_to("loop")
        self.refused(root, new("loop/x"), "no usable path|cannot be written")
        self.refused(root, new("a\0b"), "no usable path")

    def test_a_directory_and_a_pipe(self, root: Path) -> None:
        source = Source("nginx", "x")
        self.refused(root, Change(source, source.with_text("y")), "not a regular file")
        os.mkfifo(root / "pipe")
        source = Source("pipe", "x")
        self.refused(root, Change(source, source.with_text("y")), "not a regular file")

    def test_a_read_only_file(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "access", lambda path, _: Path(path).name != "b.yml")
        self.refused(root, change(root, "b.yml", "x"), r"b\.yml: is read-only")

    def test_one_file_under_two_names_that_differ(self, root: Path) -> None:
        (root / "link.yml").symlink_to("a.yml")
        self.refused(root, change(root, "link.yml", "bad"), r"the same file as a\.yml")

    def test_a_rename_as_our_bug(self, root: Path) -> None:
        before = Source("a.yml", "a: 1\n")
        with pytest.raises(Bug):
            write_all(root, [Change(before, Source("b.yml", "x"))])

    @pytest.mark.parametrize(
        ("code", "message"),
        [
            (errno.ENOSPC, "the disk is full"),
            (errno.EDQUOT, "the disk quota is used up"),
            (errno.EIO, "input/output error"),
        ],
    )
    def test_where_the_disk_fails(
        self, root: Path, monkeypatch: pytest.MonkeyPatch, code: int, message: str
    ) -> None:
        monkeypatch.setattr(os, "fsync", fail_at(5, code))
        self.refused(root, change(root, "b.yml", "x"), rf"b\.yml: cannot be written: {message}")

    @pytest.mark.parametrize(
        ("code", "message"),
        [(errno.EACCES, "permission denied"), (errno.EROFS, "the file system is read-only")],
    )
    def test_a_directory_that_may_not_be_written(
        self, root: Path, monkeypatch: pytest.MonkeyPatch, code: int, message: str
    ) -> None:
        real = os.open

        def refuse(path: Path, flags: int, mode: int = 0o777) -> int:
            if flags & os.O_CREAT and path.parent.name == "nginx":
                raise OSError(code, os.strerror(code))
            return real(path, flags, mode)

        monkeypatch.setattr(os, "open", refuse)
        self.refused(root, change(root, "nginx/c.conf", "x"), message)

    def test_more_files_than_a_journal_holds(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(journal, "_MAX_BYTES", 100)
        self.refused(
            root, change(root, "b.yml", "x"), r"journal: cannot be written: file too large"
        )

    def test_where_new_folders_cannot_be_filled(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os, "fsync", fail_at(5, errno.ENOSPC))
        self.refused(root, new("x/y/z"), "the disk is full")
        assert not (root / "x").exists()


def fail_at(number: int, code: int) -> Callable[[int], None]:
    """Stand in for fsync: the call with that number fails."""
    calls = iter(range(1, 100))
    real = os.fsync

    def fsync(descriptor: int) -> None:
        if next(calls) == number:
            raise OSError(code, os.strerror(code))
        real(descriptor)

    return fsync


class TestOwner:
    """New files are made by user 7, group 8; the files of the project are not theirs."""

    def write(self, root: Path, fchown: Callable[[int, int, int], None]) -> None:
        real = os.fstat

        def theirs(descriptor: int) -> os.stat_result:
            status = real(descriptor)
            return os.stat_result((*status[:4], 7, 8, *status[6:10]))

        changes = [change(root, "a.yml", "x")]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "fstat", theirs)
            patch.setattr(os, "fchown", fchown)
            write_all(root, changes)

    def test_is_kept(self, root: Path) -> None:
        given: list[tuple[int, int]] = []
        status = (root / "a.yml").stat()
        self.write(root, lambda _, user, group: given.append((user, group)))
        assert given == [(status.st_uid, status.st_gid)]
        assert (root / "a.yml").read_bytes() == b"x"

    def test_that_cannot_be_kept_is_refused(self, root: Path) -> None:
        def refuse(*_: int) -> None:
            raise PermissionError(errno.EPERM, "no")

        before = tree(root)
        with pytest.raises(UserError, match=r"a\.yml: its owner and group could not be kept"):
            self.write(root, refuse)
        assert tree(root) == before


class TestRollBack:
    @pytest.fixture(autouse=True, params=["hard link", "copy"])
    def backups(self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
        """With the old files kept as second names, and without hard links."""
        if request.param == "copy":

            def refuse(*_: object) -> None:
                raise PermissionError(errno.EPERM, "no hard links")

            monkeypatch.setattr(os, "link", refuse)

    def rename_fails(
        self, monkeypatch: pytest.MonkeyPatch, error: BaseException, *numbers: int
    ) -> None:
        calls = iter(range(1, 100))
        real = Path.replace

        def replace(self: Path, target: Path) -> Path:
            if next(calls) in numbers:
                raise error
            return real(self, target)

        monkeypatch.setattr(Path, "replace", replace)

    @pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
    def test_a_failed_rename_undoes_those_before_it(
        self, root: Path, monkeypatch: pytest.MonkeyPatch, number: int
    ) -> None:
        (root / "a.yml").chmod(0o640)
        before = tree(root)
        changes = [new("x/first.md"), *three(root)]
        self.rename_fails(monkeypatch, OSError(errno.EBUSY, "busy"), number)
        with pytest.raises(UserError, match="in use; no file was changed"):
            write_all(root, changes)
        assert tree(root) == before
        assert not (root / "x").exists()
        assert stat.S_IMODE((root / "a.yml").stat().st_mode) == 0o640

    def test_an_interrupt_undoes_as_well(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        before = tree(root)
        self.rename_fails(monkeypatch, KeyboardInterrupt(), 3)
        with pytest.raises(KeyboardInterrupt):
            write_all(root, three(root))
        assert tree(root) == before

    def test_a_file_changed_at_the_last_moment_is_left_alone(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = tree(root)
        changes = three(root)
        real = Path.replace

        def replace(self: Path, target: Path) -> Path:
            (root / "b.yml").write_bytes(b"theirs\n")
            return real(self, target)

        monkeypatch.setattr(Path, "replace", replace)
        with pytest.raises(UserError, match=r"b\.yml: changed since it was read"):
            write_all(root, changes)
        assert tree(root) == before | {"b.yml": b"theirs\n"}

    def test_that_fails_too_is_left_to_the_next_run(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before, changes = tree(root), three(root)
        # the journal's rename, that of a.yml, that of b.yml, the one that puts a.yml back
        with monkeypatch.context() as patch:
            self.rename_fails(patch, OSError(errno.EROFS, "read-only"), 3, 4)
            with pytest.raises(UserError, match=r"b\.yml: the file system .* could not be undone"):
                write_all(root, changes)
        assert tree(root)["a.yml"] == b"new\n"
        told: list[str] = []
        recover(root, told.append)
        assert told == ["an earlier apply was cut off; put back: a.yml"]
        assert tree(root) == before

    def test_leaves_a_file_alone_that_somebody_changed_after_its_rename(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        changes = three(root)
        real = os.replace

        def replace(source: Path, target: Path) -> None:
            if target.name == "b.yml":
                (root / "a.yml").write_bytes(b"theirs\n")
                raise OSError(errno.EIO, "no")
            real(source, target)

        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", replace)
            with pytest.raises(UserError, match=r"could not be undone: a\.yml has changed"):
                write_all(root, changes)
        with pytest.raises(UserError, match=r"a\.yml is neither old nor new \(was \.hanna"):
            recover(root, print)
        assert (root / "a.yml").read_bytes() == b"theirs\n"
        assert (root / "b.yml").read_bytes() == b"\xef\xbb\xbfb: 1\r\nc: 2"

    def test_nothing_is_left_beside_after_success(self, root: Path) -> None:
        names = set(tree(root))
        write_all(root, three(root))
        assert set(tree(root)) == names
        assert {data.removeprefix(b"\xef\xbb\xbf") for data in tree(root).values()} == {b"new\n"}
