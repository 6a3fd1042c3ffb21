"""A followed log: growing, renamed, truncated, missing for a while."""

from __future__ import annotations

from pathlib import Path

import pytest

from patcher.diagnose.tail import Tail, follow
from patcher.errors import UserError


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "error.log"
    path.write_bytes(b"old\n")
    return path


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def read(tail: Tail, times: int = 6) -> list[bytes]:
    return [block for _ in range(times) if (block := tail.read())]


def test_only_new_whole_lines_come(log: Path) -> None:
    tail = Tail(str(log))
    assert read(tail) == []
    append(log, b"one\ntw")
    assert read(tail) == [b"one"]
    append(log, b"o\n")
    assert read(tail) == [b"two"]
    tail.close()


def test_rotation_by_renaming_loses_nothing(log: Path) -> None:
    tail = Tail(str(log))
    old = log.rename(log.with_name("error.log.1"))
    append(old, b"late\n")
    assert read(tail) == [b"late"]  # the name is gone, the file still grows
    append(old, b"last, cut o")
    log.write_bytes(b"new\n")
    assert read(tail) == [b"last, cut o", b"new"]
    tail.close()


def test_copying_and_truncating(log: Path) -> None:
    tail = Tail(str(log))
    append(log, b"one\n")
    assert read(tail) == [b"one"]
    log.write_bytes(b"")
    assert read(tail) == []
    append(log, b"2\n")
    assert read(tail) == [b"2"]
    tail.close()


def test_a_removed_log_is_waited_for(log: Path) -> None:
    tail = Tail(str(log))
    log.unlink()
    assert read(tail) == []
    log.write_bytes(b"again\n")
    assert read(tail) == [b"again"]
    tail.close()


def test_a_log_that_is_not_there_at_first_is_an_error(tmp_path: Path) -> None:
    for path in (tmp_path / "none.log", tmp_path):
        with pytest.raises(UserError, match="cannot be read"):
            next(follow([str(path)]))


def test_several_logs_are_followed(tmp_path: Path) -> None:
    paths = [tmp_path / "a.log", tmp_path / "b.log"]
    for path in paths:
        path.write_bytes(b"")
    tails = [Tail(str(path)) for path in paths]
    for path in paths:
        append(path, b"x\n")
    assert [read(tail) for tail in tails] == [[b"x"], [b"x"]]
    for tail in tails:
        tail.close()
