"""What fuzzing found, and every fixture, through the fuzzer's own oracle."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.targets import TARGETS
from tests.stacks import FIXTURES

FOUND = sorted((FIXTURES / "syntax" / "found").glob("*/*"))
SYNTAX = sorted(path for path in (FIXTURES / "syntax").glob("*/*") if path not in FOUND)


@pytest.mark.parametrize("path", FOUND, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_was_found_is_mended(path: Path) -> None:
    TARGETS[path.parent.name](path.read_bytes())


@pytest.mark.parametrize("language", TARGETS)
@pytest.mark.parametrize("data", [b"", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"{", b"#", b"\r"])
def test_next_to_nothing(language: str, data: bytes) -> None:
    TARGETS[language](data)


@pytest.mark.parametrize(
    "path",
    [path for path in SYNTAX if path.parent.name in TARGETS and path.is_file()],
    ids=lambda path: path.name,
)
def test_torture_files(path: Path) -> None:
    TARGETS[path.parent.name](path.read_bytes())
