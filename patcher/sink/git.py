"""Commits on a new branch of a git repository; work tree, index and HEAD stay as they are.

Objects are written by git's plumbing through a temporary index. No hook of the repository runs,
no filter, no signing program: blobs hold the bytes we were given, as `RevisionTree` reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from patcher.errors import UserError
from patcher.records import dataclass
from patcher.sink.git_commit import PlannedCommit, check_identity, write_commits
from patcher.sink.git_push import push
from patcher.sink.git_repository import open_repository, project_prefix, resolve_commit, top_of
from patcher.sink.git_run import ask, run
from patcher.sink.git_tree import RevisionTree

if TYPE_CHECKING:
    from git import Repo

__all__ = [
    "Branch",
    "PlannedCommit",
    "RevisionTree",
    "check_can_commit",
    "commit_branch",
    "open_repository",
    "project_prefix",
    "push",
    "resolve_commit",
]

NO_OBJECT: Final = "0" * 40


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch: its name, the commit it starts from, and its commits, the oldest first.

    `was` is the commit that it led to before; None where it is new.
    """

    name: str
    base: str
    commits: tuple[str, ...]
    was: str | None = None

    @property
    def tip(self) -> str:
        """The commit that the branch leads to."""
        return self.commits[-1]


def commit_branch(
    repo: Repo, prefix: str, name: str, base: str, commits: Sequence[PlannedCommit]
) -> Branch:
    """Create the branch `name` with `commits` on top of `base`, as `write_commits` does; return it.

    Raises UserError, with no branch made, where the name is taken or no branch name, the base is
    unknown, or git has no identity to commit with.
    """
    top = top_of(repo)
    _check_name(top, name)
    start = resolve_commit(repo, base)
    made = write_commits(repo, prefix, start, commits)
    set_branch(top, name, made[-1], None)
    return Branch(name, start, made)


def check_can_commit(repo: Repo, name: str) -> None:
    """Raise UserError where the new branch `name` could not be made."""
    _check_name(top_of(repo), name)
    check_identity(top_of(repo))


def _check_name(top: Path, name: str) -> None:
    check_branch_name(top, name)
    if branch_tip(top, name):
        raise _taken(name)
    # a branch that is checked out before its first commit: making it would change that HEAD
    if is_checked_out(top, name):
        raise _taken(name)


def check_branch_name(top: Path, name: str) -> None:
    """Raise UserError for what is no branch name."""
    # git reads @{-1} as the branch before this one, @ as HEAD: only names that mean themselves
    reply = ask(top, "check-ref-format", "--branch", name)
    if reply.status or reply.text != name or name == "@":
        raise UserError(f"not a branch name: {name}", todo="choose another name")


def branch_tip(top: Path, name: str) -> str | None:
    """Return the commit that a branch leads to; None where there is no such branch."""
    reply = ask(top, "show-ref", "--verify", "--hash", f"refs/heads/{name}")
    return None if reply.status else reply.text


def is_checked_out(top: Path, name: str) -> bool:
    """Tell whether a branch is the HEAD of a work tree."""
    return f"branch refs/heads/{name}" in run(top, "worktree", "list", "--porcelain").split("\n")


def _taken(name: str) -> UserError:
    todo = f"choose another name, update it with --update, or delete it: git branch -D {name}"
    return UserError(f"there is a branch {name} already", todo=todo)


def set_branch(top: Path, name: str, commit: str, was: str | None) -> None:
    """Let a branch lead to a commit, if it still leads to `was` (None: is not there yet)."""
    done = "updated" if was else "created"
    note = f"branch: {done} by hanna-fix"
    ref = f"refs/heads/{name}"
    reply = ask(top, "update-ref", "--no-deref", "-m", note, ref, commit, was or NO_OBJECT)
    if reply.status:
        raise UserError(
            f"the branch {name} cannot be {done}: {reply.said}", todo="choose another name"
        )
