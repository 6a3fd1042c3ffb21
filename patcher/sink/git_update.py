"""Updates a branch of ours: it is made anew from the base, unless anybody else's work is on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from patcher.errors import UserError
from patcher.records import dataclass
from patcher.sink.git import (
    Branch,
    branch_tip,
    check_branch_name,
    is_checked_out,
    set_branch,
)
from patcher.sink.git_commit import PlannedCommit, check_identity, write_commits
from patcher.sink.git_push import push_over, remote_tip
from patcher.sink.git_repository import top_of
from patcher.sink.git_run import ask
from patcher.sink.git_seal import parent_of_ours

if TYPE_CHECKING:
    from git import Repo

_MOST_COMMITS: Final = 1000


@dataclass(frozen=True, slots=True)
class Standing:
    """A branch as it stands: the commit it leads to here and at the remote; None: not there.

    `commits` are those on it that the base does not have, all ours, by their whole message.
    """

    name: str
    base: str
    here: str | None
    there: str | None
    commits: Mapping[str, str] = field(default_factory=dict)


def standing(repo: Repo, name: str, base: str, remote: str | None) -> Standing:
    """Return how the branch `name` stands, here and at `remote`, against the commit `base`.

    Raises UserError where it may not be made anew: it is checked out, or a commit on it that the
    base does not have is not exactly as hanna-fix wrote it, or it has none of its own.
    """
    top = top_of(repo)
    check_branch_name(top, name)
    if is_checked_out(top, name):
        todo = "check another branch out there"
        raise UserError(f"the branch {name} is checked out, so it is not updated", todo=todo)
    check_identity(top)
    here = branch_tip(top, name)
    there = None if remote is None else remote_tip(repo, remote, name)
    commits: dict[str, str] = {}
    for tip in {here, there} - {None}:
        commits |= _ours(top, name, tip or "", base)
    return Standing(name, base, here, there, commits)


def update_branch(
    repo: Repo, prefix: str, known: Standing, commits: Sequence[PlannedCommit]
) -> Branch:
    """Let the branch lead to `commits` on top of its base; return it.

    Commits that it has already, here or at the remote, are taken as they are.
    """
    made = write_commits(repo, prefix, known.base, commits, known.commits)
    if made[-1] != known.here:
        set_branch(top_of(repo), known.name, made[-1], known.here)
    return Branch(known.name, known.base, made, known.here)


def push_update(repo: Repo, remote: str, known: Standing, made: Branch) -> bool:
    """Push an updated branch in place of what the remote had; return whether that was needed."""
    if made.tip == known.there:
        return False
    push_over(repo, remote, known.name, known.there)
    return True


def _ours(top: Path, name: str, tip: str, base: str) -> dict[str, str]:
    """Return the commits from `tip` down to what `base` has, by message."""
    found: dict[str, str] = {}
    commit = tip
    while not _is_in(top, commit, base):
        raw = ask(top, "cat-file", "commit", commit).output
        parent = parent_of_ours(raw)
        if parent is None or len(found) == _MOST_COMMITS:
            raise _foreign(top, name, commit)
        found[raw.decode("utf-8", "replace").partition("\n\n")[2]] = commit
        commit = parent
    if not found:
        todo = f"choose another name, or delete it: git branch -D {name}"
        message = f"the branch {name} has no commit of its own, so it is not taken for ours"
        raise UserError(message, todo=todo)
    return found


def _is_in(top: Path, commit: str, base: str) -> bool:
    return not ask(top, "merge-base", "--is-ancestor", commit, base).status


def _foreign(top: Path, name: str, commit: str) -> UserError:
    message = f"{commit[:12]} on {name} is not as hanna-fix wrote it, so nothing is updated"
    if ask(top, "rev-parse", "--is-shallow-repository").text == "true":
        return UserError(message, todo="the clone is shallow, fetch all: git fetch --unshallow")
    return UserError(message, todo="choose another name, or the branch's own base with --base")
