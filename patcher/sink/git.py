"""Commits on a new branch of a git repository; work tree, index and HEAD stay as they are.

Objects are written by git's plumbing through a temporary index. No hook of the repository runs,
no filter, no signing program: blobs hold the bytes we were given, as `RevisionTree` reads them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from patcher.errors import Bug, UserError
from patcher.records import dataclass
from patcher.sink.git_repository import open_repository, project_prefix, resolve_commit, top_of
from patcher.sink.git_run import ask, run
from patcher.sink.git_tree import RevisionTree
from patcher.text import Source

if TYPE_CHECKING:
    from git import Repo

__all__ = [
    "Branch",
    "PlannedCommit",
    "RevisionTree",
    "commit_branch",
    "open_repository",
    "project_prefix",
    "push",
    "resolve_commit",
]

_NO_OBJECT: Final = "0" * 40

_PROGRAMS: Final = (
    r"^(core\.(sshcommand|gitproxy|askpass|alternaterefscommand)|credential\.(.*\.)?helper"
    r"|remote\..*\.(uploadpack|vcs))$"
)


@dataclass(frozen=True, slots=True)
class PlannedCommit:
    """One commit: its message, and every file it changes or adds, by path in the project."""

    message: str
    files: Mapping[str, Source]


@dataclass(frozen=True, slots=True)
class Branch:
    """A new branch: its name, the commit it starts from, and its commits, the oldest first."""

    name: str
    base: str
    commits: tuple[str, ...]


def commit_branch(
    repo: Repo, prefix: str, name: str, base: str, commits: Sequence[PlannedCommit]
) -> Branch:
    """Create the branch `name` with `commits` on top of `base`; returns it.

    `prefix` is the project's place in the repository, as `project_prefix` gives it; the paths of
    the files are relative to it. A file keeps the mode it has at `base`; a file behind a symbolic
    link is changed where it is. Raises UserError, with no branch made, where the name is taken
    or no branch name, the base is unknown, or git has no identity to commit with.
    """
    if not commits:
        raise Bug("a branch without commits")
    top = top_of(repo)
    _check_name(top, name)
    start = parent = resolve_commit(repo, base)
    _check_identity(top)
    tree = RevisionTree(repo, start, prefix)
    made: list[str] = []
    with tempfile.TemporaryDirectory(prefix="hanna-fix-") as scratch:
        index = Path(scratch) / "index"
        run(top, "read-tree", start, index=index)
        for commit in commits:
            parent = _commit(top, index, tree, parent, commit)
            made.append(parent)
    _create(top, name, parent)
    return Branch(name, start, tuple(made))


def _check_name(top: Path, name: str) -> None:
    # git reads @{-1} as the branch before this one, @ as HEAD: only names that mean themselves
    reply = ask(top, "check-ref-format", "--branch", name)
    if reply.status or reply.text != name or name == "@":
        raise UserError(f"not a branch name: {name}", todo="choose another name")
    if not ask(top, "show-ref", "--verify", "--quiet", f"refs/heads/{name}").status:
        raise _taken(name)
    # a branch that is checked out before its first commit: making it would change that HEAD
    if f"branch refs/heads/{name}" in run(top, "worktree", "list", "--porcelain").split("\n"):
        raise _taken(name)


def _taken(name: str) -> UserError:
    todo = f"choose another name, or delete it: git branch -D {name}"
    return UserError(f"there is a branch {name} already", todo=todo)


def _check_identity(top: Path) -> None:
    for who in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"):
        if ask(top, "var", who).status:
            todo = "set them: git config user.name NAME; git config user.email ADDRESS"
            raise UserError("git knows no name and address to commit with", todo=todo)


def _commit(top: Path, index: Path, tree: RevisionTree, parent: str, commit: PlannedCommit) -> str:
    for place, (mode, data) in _placed(tree, commit).items():
        blob = run(top, "hash-object", "-w", "--no-filters", "--stdin", stdin=data)
        run(top, "update-index", "--add", "--cacheinfo", f"{mode},{blob},{place}", index=index)
    written = run(top, "write-tree", index=index)
    message = commit.message.rstrip("\n") + "\n"
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


def _create(top: Path, name: str, commit: str) -> None:
    ref = f"refs/heads/{name}"
    note = "branch: created by hanna-fix"
    reply = ask(top, "update-ref", "--no-deref", "-m", note, ref, commit, _NO_OBJECT)
    if reply.status:
        raise UserError(
            f"the branch {name} cannot be created: {reply.said}", todo="choose another name"
        )


def push(repo: Repo, remote: str, name: str) -> None:
    """Push the branch `name` to `remote`, one of the repository's remotes, under the same name.

    What the user and the machine have set up for reaching the remote is used: core.sshCommand,
    credential helpers, proxies. Where the repository's own configuration names such a program, the
    push is refused instead. Hooks of this repository do not run, those of the remote are its own
    affair; never forces. Raises UserError where there is no such remote or the push fails; the
    branch stays.
    """
    remotes = [one.name for one in repo.remotes]
    if remote not in remotes:
        known = ", ".join(remotes) or "none; add one: git remote add NAME URL"
        raise UserError(f"no remote {remote}; the branch {name} stays here", todo=f"known: {known}")
    if named := _own_program(top_of(repo)):
        message = f"the repository's own {named} names a program that a push would run"
        raise UserError(
            f"{message}; the branch {name} stays here",
            todo=f"if you trust it: git push {remote} {name}",
        )
    options = ("--no-verify", "--no-follow-tags", "--no-signed", "--recurse-submodules=no")
    ref = f"refs/heads/{name}:refs/heads/{name}"
    program = "--receive-pack=git-receive-pack"
    reply = ask(top_of(repo), "push", *options, program, "--", remote, ref, network=True)
    if reply.status:
        message = f"push to {remote} failed: {reply.said}; the branch {name} stays here"
        raise UserError(message, todo=f"push it later: git push {remote} {name}")


def _own_program(top: Path) -> str | None:
    """Return the setting of the repository itself that names a program for reaching a remote."""
    for scope in ("--local", "--worktree"):
        query = ("config", scope, "--includes", "--name-only", "--get-regexp", _PROGRAMS)
        if found := ask(top, *query).text:
            return found.split("\n")[0]
    return None
