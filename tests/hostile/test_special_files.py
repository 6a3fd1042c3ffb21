"""Pipes, devices, sockets, directories and forbidden files in place of files."""

from __future__ import annotations

import os
import socket
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from patcher.errors import UserError
from patcher.stack import disk
from patcher.stack.disk import DiskFiles
from patcher.stack.files import MAX_BYTES
from tests.hostile.child import PROGRAM, is_orderly, run
from tests.hostile.conftest import CANARY, Arena, write

STACK = """\
include: [more.yaml]
services:
  web:
    image: nginx:1.27
    env_file: web.env
    volumes: ['./n:/etc/nginx/conf.d', './nginx.conf:/etc/nginx/nginx.conf']
  app:
    build: .
    command: sh /app/run.sh
    volumes: ['.:/app']
  other:
    extends: {file: base.yaml, service: x}
"""
GOOD = {
    "compose.yaml": STACK,
    ".env": "A=b\n",
    "web.env": "A=b\n",
    "nginx.conf": "events {}\nhttp { include conf.d/*.conf; }\n",
    "n/a.conf": "server { listen 80; }\n",
    "Dockerfile": "FROM python:3\nCOPY . /app\n",
    "run.sh": "true\n",
    "more.yaml": "services: {m: {image: x}}\n",
    "base.yaml": "services: {x: {image: x}}\n",
}


def pipe(path: Path) -> None:
    os.mkfifo(path)


def directory(path: Path) -> None:
    path.mkdir()


def unix_socket(path: Path) -> None:
    # its name is bound relative to the directory: the whole path may be too long for a socket
    here = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(path.name)
    finally:
        os.chdir(here)


def zeroes(path: Path) -> None:
    path.symlink_to("/dev/zero")


def terminal(path: Path) -> None:
    path.symlink_to("/dev/tty")


def zero_device(path: Path) -> None:
    try:
        os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("devices are made by root alone")


@pytest.mark.parametrize("put", [pipe, directory, unix_socket, zeroes, terminal, zero_device])
@pytest.mark.parametrize("names", [["compose.yaml"], [one for one in GOOD if "compose" not in one]])
def test_in_place_of_a_file(arena: Arena, put: Callable[[Path], None], names: list[str]) -> None:
    arena.write({name: text for name, text in GOOD.items() if name not in names})
    for name in names:
        (arena.root / name).parent.mkdir(exist_ok=True)
        put(arena.root / name)
    ended = arena.watched("check" if len(names) > 1 else "apply")
    assert ended.status == 2
    assert "no such file" in ended.err


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone may become another user")
@pytest.mark.parametrize(
    ("name", "mode", "status"),
    [
        ("compose.yaml", 0o000, 2),
        ("more.yaml", 0o000, 2),
        (".env", 0o000, 2),
        ("n", 0o000, 2),
        ("n", 0o644, 2),
        ("run.sh", 0o000, 1),
    ],
)
def test_a_file_that_may_not_be_read(arena: Arena, name: str, mode: int, status: int) -> None:
    arena.write(GOOD)
    program = (PROGRAM[0], str(Path(__file__).with_name("unprivileged.py")), str(arena.root))
    # the folders of pytest are closed to others
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "project")
        write(root, GOOD)
        Path(folder).chmod(0o755)
        (root / name).chmod(mode)
        ended = run(root, "check", "-C", str(root), program=program)
        assert not is_orderly(ended)
        assert ended.status == status
        assert ("permission denied" in ended.err) == (status == 2)
        assert len(ended.err.splitlines()) == (status == 2)


class TestFilesThatChange:
    """Between the check of a path and its opening, another process may swap what lies there."""

    @pytest.fixture
    def files(self, arena: Arena) -> DiskFiles:
        arena.write({"d/file": "inside\n"})
        return DiskFiles(arena.root.resolve())

    def test_a_directory_that_becomes_a_link_out(
        self, arena: Arena, files: DiskFiles, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (arena.outside / "file").write_text(CANARY)
        original = DiskFiles._inside

        def late(self: DiskFiles, path: str) -> Path | None:
            found = original(self, path)
            (arena.root / "d").rename(arena.root / "moved")
            (arena.root / "d").symlink_to(arena.outside)
            return found

        monkeypatch.setattr(DiskFiles, "_inside", late)
        assert files.read("d/file") is None

    def test_a_file_that_becomes_a_link_out(
        self, arena: Arena, files: DiskFiles, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (arena.outside / "file").write_text(CANARY)
        original = os.open

        def late(path: str, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
            if path == "file":
                (arena.root / "d/file").unlink()
                (arena.root / "d/file").symlink_to(arena.outside / "file")
            return original(path, flags, mode, dir_fd=dir_fd)

        monkeypatch.setattr(disk, "_HAS_DIR_FD", True)
        monkeypatch.setattr(os, "open", late)
        with pytest.raises(UserError, match="cannot be read"):
            files.read("d/file")

    def test_a_file_that_grows(self, arena: Arena, files: DiskFiles) -> None:
        with (arena.root / "d/file").open("wb") as file:
            file.truncate(100 << 20)
        with pytest.raises(UserError, match="larger than 2 MiB"):
            files.read("d/file")
        (arena.root / "d/file").write_bytes(b"x" * MAX_BYTES)
        with pytest.raises(UserError, match="larger than 2 MiB"):
            files.read("d/file")  # once refused, the same answer in the whole run
