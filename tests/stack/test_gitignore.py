"""`.gitignore`, line by line as git itself reads it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from patcher.errors import Bug
from patcher.stack.disk import DiskFiles
from patcher.stack.gitignore import NOTHING_IGNORED, Ignores

FOLDERS = [
    "a", "a/b", "a/b/c", "build", "a/build", "a/b/build", "x y", "#tag", "!not", "[k]", "k", "A",
    "a.d", "b.d", "a/.x", "back\\slash", "doc/a", "doc/b/a", "trail ",
]  # fmt: skip

LINES = [
    "build", "build/", "/build", "a/build", "/a", "*.d", "?", "[ab]", "[!ab]", "[^ab]", "a/*",
    "a/**", "**/build", "a/**/build", "**/b/**", "doc/*/a", "**", "*", "# a", r"\#tag", r"\!not",
    r"\[k\]", "x y", "x\\ y", "build   ", "a\r", "", "   ", "/", "//", "a//", "!a", r"back\\slash",
    "trail\\ ", "[a-c]", "a*", "**a", "a/**b", "/**/b", "doc/**/", "./a", "a/../a", "*/b",
]  # fmt: skip

PAIRS = ["*\n!a", "!a\n*", "a/*\n!a/b", "*.d\n!b.d", "build/\n!/build/", "**\n!**/"]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tree")
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    for folder in FOLDERS:
        (root / folder).mkdir(parents=True, exist_ok=True)
        (root / folder / "compose.yaml").write_text("")
    return root


def ignored_by_git(root: Path, paths: list[str]) -> set[str]:
    """Ask git, which takes a path with a slash at its end for a directory."""
    command = ["git", "check-ignore", "--no-index", "--stdin", "-z"]
    asked = "\0".join(paths).encode()
    done = subprocess.run(command, cwd=root, input=asked, capture_output=True, check=False)
    if done.returncode not in (0, 1):
        raise Bug(done.stderr.decode())
    return {one for one in done.stdout.decode().split("\0") if one}


def ignored_by_us(root: Path) -> set[str]:
    """Walk as `projects` does: what is ignored is not entered, so all below it is ignored, too."""
    files = DiskFiles(root.resolve())

    def walk(folder: str, ignores: Ignores) -> set[str]:
        here = ignores.entering(files, folder)
        found: set[str] = set()
        for name in files.list_dir(folder or "."):
            path = f"{folder}/{name}" if folder else name
            directory = files.is_dir(path)
            if path == ".git":
                continue
            if here.ignore(path, directory=directory):
                inside = (root / path).rglob("*") if directory else ()
                found |= {path, *(one.relative_to(root).as_posix() for one in inside)}
            elif directory:
                found |= walk(path, here)
        return found

    return walk("", Ignores.above(root.resolve()))


def everything(root: Path) -> list[str]:
    paths = (one for one in root.rglob("*") if ".git" not in one.relative_to(root).parts)
    return [one.relative_to(root).as_posix() for one in paths]


@pytest.mark.parametrize("text", [*LINES, *PAIRS])
def test_a_line_means_what_it_means_to_git(tree: Path, text: str) -> None:
    (tree / ".gitignore").write_bytes(f"{text}\n".encode())
    assert ignored_by_us(tree) == ignored_by_git(tree, everything(tree))


def test_nested_files_and_exclude(tree: Path) -> None:
    (tree / ".gitignore").write_text("build\n!keep\n")
    (tree / ".git" / "info").mkdir(exist_ok=True)
    exclude = tree / ".git" / "info" / "exclude"
    nested = tree / "a" / ".gitignore"
    try:
        exclude.write_text("doc\nkeep\n")
        nested.write_text("!build\n/b/c\n")
        (tree / "keep").mkdir(exist_ok=True)
        assert ignored_by_us(tree) == ignored_by_git(tree, everything(tree))
        assert "a/build" not in ignored_by_us(tree)
    finally:
        exclude.unlink()
        nested.unlink()
        (tree / "keep").rmdir()


def test_what_lies_above_counts_and_outside_of_a_repository_what_lies_below(tree: Path) -> None:
    (tree / ".gitignore").write_text("/a/b\n/doc/b/\n")
    above = Ignores.above((tree / "a").resolve())
    assert above.ignore("b", directory=True)
    assert not above.ignore("build", directory=True)
    assert Ignores.above((tree / "a" / "b").resolve()) == NOTHING_IGNORED  # asked for by name
    assert Ignores.above(tree.parent.resolve()) == NOTHING_IGNORED
    files = DiskFiles(tree.resolve())
    assert NOTHING_IGNORED.entering(files, "").ignore("doc/b", directory=True)


def test_a_hostile_line_takes_no_time(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*a" * 60 + "*b\n" + "**/" * 60 + "b\n")
    ignores = NOTHING_IGNORED.entering(DiskFiles(tmp_path.resolve()), "")
    assert not ignores.ignore("/".join(["a" * 250] * 40), directory=True)


def test_a_file_that_is_no_text_ignores_nothing(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_bytes(b"a\n\xff\n")
    assert NOTHING_IGNORED.entering(DiskFiles(tmp_path.resolve()), "") == NOTHING_IGNORED
