"""What passes between the repository and its remotes: the only git commands that use the network.

What the user and the machine have set up for reaching the remote is used: core.sshCommand,
credential helpers, proxies. Where the repository's own configuration names such a program, the
command is refused instead. Hooks of this repository do not run, those of the remote are its own
affair.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from patcher.errors import UserError
from patcher.sink.git_repository import top_of
from patcher.sink.git_run import Reply, ask

if TYPE_CHECKING:
    from git import Repo

_PROGRAMS: Final = (
    r"^(core\.(sshcommand|gitproxy|askpass|alternaterefscommand)|credential\.(.*\.)?helper"
    r"|remote\..*\.(uploadpack|vcs))$"
)
_PUSH: Final = (
    "--no-verify",
    "--no-follow-tags",
    "--no-signed",
    "--recurse-submodules=no",
    "--receive-pack=git-receive-pack",
)
# objects only: no ref, no FETCH_HEAD, no tag, no maintenance
_FETCH: Final = (
    "--quiet",
    "--no-tags",
    "--no-prune",
    "--no-recurse-submodules",
    "--no-write-fetch-head",
    "--no-auto-maintenance",
    "--refmap=",
    "--upload-pack=git-upload-pack",
)


def push(repo: Repo, remote: str, name: str) -> None:
    """Push the branch `name` to `remote`, one of the repository's remotes, under the same name.

    Never forces. Raises UserError where there is no such remote or the push fails; the branch
    stays.
    """
    _push(repo, remote, name, ())


def push_over(repo: Repo, remote: str, name: str, expected: str | None) -> None:
    """Push the branch `name` in place of the commit `expected`, which the remote must still have.

    With None the remote must have no such branch. Raises UserError as above.
    """
    lease = f"--force-with-lease=refs/heads/{name}:{expected or ''}"
    _push(repo, remote, name, (lease,))


def remote_tip(repo: Repo, remote: str, name: str) -> str | None:
    """Return the commit that the remote's branch `name` leads to, fetched; None if there is none.

    Raises UserError where there is no such remote, or it does not answer.
    """
    _check_remote(repo, remote, "")
    top = top_of(repo)
    ref = f"refs/heads/{name}"
    program = "--upload-pack=git-upload-pack"
    reply = ask(top, "ls-remote", "--quiet", program, "--", remote, ref, network=True)
    # the remote matches the end of a ref's name, too
    found = [line.split("\t")[0] for line in reply.text.split("\n") if line.endswith(f"\t{ref}")]
    if not reply.status and found:
        if _has(top, found[0]):
            return found[0]
        reply = ask(top, "fetch", *_FETCH, "--", remote, ref, network=True)
        if not reply.status and _has(top, found[0]):
            return found[0]
    if reply.status:
        message = f"{remote} does not tell of its branch {name}: {reply.said}"
        raise UserError(message, todo=f"try it: git fetch {remote}")
    if found:
        raise UserError(f"the branch {name} changes at {remote} right now", todo="run again")
    return None


def remote_urls(repo: Repo, remote: str) -> list[str]:
    """Return the address of a remote as it is written, and as git's `insteadOf` settings make it.

    Raises UserError where there is no such remote.
    """
    _check_remote(repo, remote, "")
    top = top_of(repo)
    written = ask(top, "config", "--get", f"remote.{remote}.url").text
    rewritten = ask(top, "remote", "get-url", "--", remote).text
    return [one for one in (written, rewritten) if one]


def _has(top: Path, commit: str) -> bool:
    return not ask(top, "cat-file", "-e", f"{commit}^{{commit}}").status


def _push(repo: Repo, remote: str, name: str, options: tuple[str, ...]) -> None:
    _check_remote(repo, remote, f"; the branch {name} stays here")
    ref = f"refs/heads/{name}:refs/heads/{name}"
    reply = ask(top_of(repo), "push", *_PUSH, *options, "--", remote, ref, network=True)
    if reply.status:
        raise _failed(reply, remote, name)


def _failed(reply: Reply, remote: str, name: str) -> UserError:
    if "(stale info)" in reply.stderr:
        message = f"the branch {name} at {remote} has changed meanwhile; nothing is pushed"
        return UserError(message, todo="run again")
    message = f"push to {remote} failed: {reply.said}; the branch {name} stays here"
    return UserError(message, todo=f"push it later: git push {remote} {name}")


def _check_remote(repo: Repo, remote: str, kept: str) -> None:
    remotes = [one.name for one in repo.remotes]
    if remote not in remotes:
        known = ", ".join(remotes) or "none; add one: git remote add NAME URL"
        raise UserError(f"no remote {remote}{kept}", todo=f"known: {known}")
    if named := _own_program(top_of(repo)):
        message = f"the repository's own {named} names a program that a push would run"
        raise UserError(f"{message}{kept}", todo="if you trust it, push with git")


def _own_program(top: Path) -> str | None:
    """Return the setting of the repository itself that names a program for reaching a remote."""
    for scope in ("--local", "--worktree"):
        query = ("config", scope, "--includes", "--name-only", "--get-regexp", _PROGRAMS)
        if found := ask(top, *query).text:
            return found.split("\n")[0]
    return None
