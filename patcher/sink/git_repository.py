"""Finds and opens the git repository of a project, or says in one line why it cannot."""

from __future__ import annotations

import configparser
import os
from pathlib import Path
from typing import TYPE_CHECKING

from patcher.errors import Bug, UserError
from patcher.sink.git_run import (
    ENVIRONMENT,
    OF_ONE_REPOSITORY,
    OFFLINE,
    OPTIONS,
    ask,
    executable,
    run,
)

if TYPE_CHECKING:
    from git import Repo


def open_repository(directory: Path) -> Repo:
    """Return the repository whose work tree holds `directory`; the caller closes it.

    Raises UserError where there is none or it is bare, where it belongs to somebody else
    (git's safe.directory), where git cannot read it, and where there is no git program.
    """
    executable()
    from git import Repo
    from git.exc import GitError

    reply = ask(directory, "rev-parse", "--is-inside-work-tree", "--show-object-format")
    if reply.status:
        raise _unusable(directory, reply.said, reply.stderr)
    inside, object_format = reply.text.split("\n")
    if inside != "true":
        todo = "run in a clone with a work tree"
        raise UserError("the git repository is bare here", todo=todo, path=str(directory))
    if object_format != "sha1":
        todo = "use a SHA-1 repository"
        raise UserError(f"{object_format} repositories are not supported", todo=todo)
    top = run(directory, "rev-parse", "--show-toplevel")
    _check_belongs(directory, Path(top))
    for name in OF_ONE_REPOSITORY:  # GitPython hands on what is set, and can only add to it
        os.environ.pop(name, None)
    try:
        repo = Repo(top, expand_vars=False)
    except (GitError, configparser.Error, OSError, ValueError) as error:
        message = f"the git repository cannot be opened: {type(error).__name__}"
        raise UserError(message, todo="check it with git status", path=str(directory)) from None
    repo.git.update_environment(**ENVIRONMENT, **OFFLINE)
    repo.git.set_persistent_git_options(c=list(OPTIONS))
    return repo


def _unusable(directory: Path, said: str, stderr: str) -> UserError:
    path = str(directory)
    if "not a git repository" in stderr:
        todo = "run git init there, or name a repository with -C"
        return UserError("not a git repository", todo=todo, path=path)
    if "dubious ownership" in stderr:
        todo = f"if you trust it: git config --global --add safe.directory {directory.resolve()}"
        return UserError("the git repository belongs to another user", todo=todo, path=path)
    return UserError(f"git cannot read the repository: {said}", todo="repair it", path=path)


def _check_belongs(directory: Path, top: Path) -> None:
    """Refuse a work tree whose `.git` leads to a repository that does not know this work tree.

    A linked work tree and a submodule are named by their repository; a `.git` file, a `commondir`
    in it, or a setting core.worktree could name any other one on the machine.
    """
    git_dir = Path(run(directory, "rev-parse", "--absolute-git-dir")).resolve()
    common = directory.joinpath(run(directory, "rev-parse", "--git-common-dir")).resolve()
    same = git_dir == Path(run(top, "rev-parse", "--absolute-git-dir")).resolve()
    own = git_dir.is_relative_to(top.resolve()) or _names(git_dir, top)
    if not (same and own and git_dir.is_relative_to(common)):
        raise UserError(
            "its .git leads to the repository of another directory",
            todo=f"if that is meant so: git config core.worktree {top}",
            path=str(directory),
        )


def _names(git_dir: Path, top: Path) -> bool:
    """Whether the repository says that `top` is a work tree of it."""
    try:
        linked = Path((git_dir / "gitdir").read_text(encoding="utf-8").strip())
    except (OSError, ValueError):
        return bool(ask(top, "config", "--get", "core.worktree").text)
    return linked.parent.resolve() == top.resolve()


def project_prefix(directory: Path) -> str:
    """Return the path of `directory` in its repository: empty, or ending with a slash."""
    return run(directory, "rev-parse", "--show-prefix")


def resolve_commit(repo: Repo, revision: str) -> str:
    """Return the full name of the commit that `revision` means.

    Raises UserError where there is none, also for HEAD before the first commit.
    """
    top = top_of(repo)
    wanted = f"{revision}^{{commit}}"
    reply = ask(top, "rev-parse", "--quiet", "--verify", "--end-of-options", wanted)
    if not reply.status:
        return reply.text
    if ask(top, "rev-parse", "--quiet", "--verify", "HEAD").status:
        raise UserError("the repository has no commit yet", todo="commit your files first")
    raise UserError(f"unknown revision {revision}", todo="name a branch, tag or commit (--base)")


def branch_of(repo: Repo, revision: str, remote: str) -> str | None:
    """Return the branch that a revision names, here or at `remote`; None where it is none."""
    names = ("rev-parse", "--quiet", "--verify", "--symbolic-full-name")
    full = ask(top_of(repo), *names, "--end-of-options", revision).text
    for start in ("refs/heads/", f"refs/remotes/{remote}/"):
        if full.startswith(start):
            return full.removeprefix(start)
    return None


def top_of(repo: Repo) -> Path:
    """Return the top directory of the work tree."""
    if repo.working_tree_dir is None:
        raise Bug("a repository without a work tree was opened")
    return Path(repo.working_tree_dir)
