"""Writes commits: objects only, no branch; hooks, filters and signing programs do not run."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from patcher.errors import Bug, UserError
from patcher.records import dataclass
from patcher.sink.git_repository import top_of
from patcher.sink.git_run import ask, run
from patcher.sink.git_seal import sealed
from patcher.sink.git_tree import RevisionTree
from patcher.text import Source

if TYPE_CHECKING:
    from git import Repo


@dataclass(frozen=True, slots=True)
class PlannedCommit:
    """One commit: its message, and every file it changes or adds, by path in the project."""

    message: str
    files: Mapping[str, Source]


def write_commits(
    repo: Repo,
    prefix: str,
    start: str,
    commits: Sequence[PlannedCommit],
    known: Mapping[str, str] | None = None,
) -> tuple[str, ...]:
    """Write `commits` on top of the commit `start`; return their names, the oldest first.

    `prefix` is the project's place in the repository, as `project_prefix` gives it; the paths of
    the files are relative to it. A file keeps the mode it has at `start`; a file behind a symbolic
    link is changed where it is. `known` are commits of ours by their message: one with the same
    message, and so the same seal, is taken as it is. Raises UserError where git has no identity to
    commit with.
    """
    if not commits:
        raise Bug("a branch without commits")
    top = top_of(repo)
    check_identity(top)
    tree = RevisionTree(repo, start, prefix)
    made: list[str] = []
    with tempfile.TemporaryDirectory(prefix="hanna-fix-") as scratch:
        index = Path(scratch) / "index"
        run(top, "read-tree", start, index=index)
        for commit in commits:
            parent = made[-1] if made else start
            made.append(_commit(top, index, tree, parent, commit, known or {}))
    return tuple(made)


def check_identity(top: Path) -> None:
    """Raise UserError where git knows no name and address to commit with."""
    for who in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"):
        if ask(top, "var", who).status:
            todo = "set them: git config user.name NAME; git config user.email ADDRESS"
            raise UserError("git knows no name and address to commit with", todo=todo)


def _commit(
    top: Path,
    index: Path,
    tree: RevisionTree,
    parent: str,
    commit: PlannedCommit,
    known: Mapping[str, str],
) -> str:
    for place, (mode, data) in _placed(tree, commit).items():
        blob = run(top, "hash-object", "-w", "--no-filters", "--stdin", stdin=data)
        run(top, "update-index", "--add", "--cacheinfo", f"{mode},{blob},{place}", index=index)
    written = run(top, "write-tree", index=index)
    message = sealed(commit.message, written, parent)
    if same := known.get(message):
        return same
    arguments = ("commit-tree", "--no-gpg-sign", "-p", parent, "-F", "-", written)
    return run(top, *arguments, stdin=message.encode("utf-8"))


def _placed(tree: RevisionTree, commit: PlannedCommit) -> dict[str, tuple[str, bytes]]:
    """Return mode and bytes by path in the repository."""
    placed: dict[str, tuple[str, bytes]] = {}
    for path, source in commit.files.items():
        place, mode = tree.locate(path)
        if mode is None:
            mode = 0o100755 if source.mode & 0o100 else 0o100644
        new = (f"{mode:o}", source.encode())
        if placed.setdefault(place, new) != new:
            message = f"leads to {place} as another path does, and the two change it differently"
            raise UserError(message, todo="remove one of the links", path=path)
    return placed
