"""Branches of ours made anew, here and at a remote; nobody else's work is ever replaced."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from patcher.errors import UserError
from patcher.sink.git import Branch, PlannedCommit, commit_branch, open_repository, resolve_commit
from patcher.sink.git_push import push
from patcher.sink.git_update import Standing, push_update, standing, update_branch
from patcher.text import Source
from tests.sink.conftest import Git


def one(text: str, path: str = "compose.yml") -> PlannedCommit:
    return PlannedCommit(f"change {path}", {path: Source(path, text)})


def first(project: Path, *commits: PlannedCommit) -> Branch:
    with open_repository(project) as repo:
        return commit_branch(repo, "", "fix", "main", commits or (one("ours\n"),))


def update(
    project: Path, commits: Sequence[PlannedCommit], remote: str | None = None
) -> tuple[Standing, Branch, bool]:
    with open_repository(project) as repo:
        known = standing(repo, "fix", resolve_commit(repo, "main"), remote)
        made = update_branch(repo, "", known, commits)
        return known, made, remote is not None and push_update(repo, remote, known, made)


def refused(project: Path, message: str, remote: str | None = None) -> UserError:
    with pytest.raises(UserError, match=message) as caught:
        update(project, [one("new\n")], remote)
    assert "\n" not in str(caught.value)
    assert caught.value.todo
    return caught.value


def commit_file(git: Git, folder: Path, name: str) -> None:
    (folder / name).write_text("theirs\n")
    git(folder, "add", name)
    git(folder, "commit", "-q", "-m", f"add {name}")


@pytest.fixture
def remote(project: Path, git: Git, tmp_path: Path) -> Path:
    path = tmp_path / "remote.git"
    git(tmp_path, "init", "-q", "--bare", "-b", "main", str(path))
    git(project, "remote", "add", "origin", str(path))
    git(project, "push", "-q", "origin", "main")
    return path


@pytest.fixture
def other(remote: Path, git: Git, tmp_path: Path) -> Path:
    """A fresh clone, as a pipeline makes one."""
    path = tmp_path / "other"
    git(tmp_path, "clone", "-q", str(remote), str(path))
    for key, value in (("user.name", "Robot"), ("user.email", "robot@example.org")):
        git(path, "config", key, value)
    return path


class TestHere:
    def test_a_branch_that_is_not_there_is_made(self, project: Path, git: Git) -> None:
        _, made, _ = update(project, [one("ours\n")])
        assert made.was is None
        assert git(project, "rev-parse", "fix").decode() == made.tip

    def test_the_same_leaves_it_as_it_is(self, project: Path, git: Git) -> None:
        made = first(project, one("a\n"), one("b\n", "new.yml"))
        _, again, _ = update(project, [one("a\n"), one("b\n", "new.yml")])
        assert again.commits == made.commits
        assert again.was == made.tip
        assert len(git(project, "reflog", "show", "fix").split(b"\n")) == 1

    def test_another_change_replaces_it(self, project: Path, git: Git) -> None:
        made = first(project, one("a\n"), one("b\n", "new.yml"))
        _, again, _ = update(project, [one("a\n"), one("c\n", "new.yml")])
        assert (again.was, again.commits[0]) == (made.tip, made.commits[0])
        assert git(project, "show", "fix:new.yml") == b"c"
        assert git(project, "rev-list", "--count", "main..fix") == b"2"
        assert b"branch: updated by hanna-fix" in git(project, "reflog", "show", "fix")

    def test_it_follows_the_base(self, project: Path, git: Git) -> None:
        first(project)
        commit_file(git, project, "more.txt")
        _, again, _ = update(project, [one("ours\n")])
        assert git(project, "rev-parse", "fix^") == git(project, "rev-parse", "main")
        assert git(project, "show", "fix:more.txt") == b"theirs"
        assert again.base == git(project, "rev-parse", "main").decode()


class TestRefuses:
    def test_a_commit_on_top(self, project: Path, git: Git) -> None:
        first(project)
        git(project, "checkout", "-q", "fix")
        commit_file(git, project, "more.txt")
        tip = git(project, "rev-parse", "fix")
        git(project, "checkout", "-q", "main")
        error = refused(project, f"{tip.decode()[:12]} on fix is not as hanna-fix wrote it")
        assert "choose another name" in error.todo
        assert git(project, "rev-parse", "fix") == tip

    def test_an_amended_commit(self, project: Path, git: Git) -> None:
        first(project)
        git(project, "checkout", "-q", "fix")
        (project / "compose.yml").write_text("theirs\n")
        git(project, "commit", "-q", "-a", "--amend", "--no-edit")
        git(project, "checkout", "-q", "main")
        refused(project, "is not as hanna-fix wrote it")

    def test_a_merge(self, project: Path, git: Git) -> None:
        first(project)
        commit_file(git, project, "more.txt")
        git(project, "checkout", "-q", "fix")
        git(project, "merge", "-q", "--no-edit", "main")
        git(project, "checkout", "-q", "main")
        refused(project, "is not as hanna-fix wrote it")

    def test_somebody_s_branch(self, project: Path, git: Git) -> None:
        git(project, "checkout", "-q", "-b", "fix")
        commit_file(git, project, "more.txt")
        git(project, "checkout", "-q", "main")
        refused(project, "is not as hanna-fix wrote it")

    def test_a_branch_without_commits_of_its_own(self, project: Path, git: Git) -> None:
        git(project, "branch", "fix")
        refused(project, "the branch fix has no commit of its own")

    def test_one_that_is_merged(self, project: Path, git: Git) -> None:
        first(project)
        git(project, "merge", "-q", "fix")
        refused(project, "the branch fix has no commit of its own")

    def test_one_that_is_checked_out(self, project: Path, git: Git, tmp_path: Path) -> None:
        first(project)
        git(project, "worktree", "add", "-q", str(tmp_path / "linked"), "fix")
        refused(project, "the branch fix is checked out")

    def test_what_is_no_branch_name(self, project: Path) -> None:
        with open_repository(project) as repo, pytest.raises(UserError, match="not a branch name"):
            standing(repo, "-f", resolve_commit(repo, "main"), None)


class TestAtTheRemote:
    def test_a_fresh_clone_updates_it(self, project: Path, other: Path, git: Git) -> None:
        first(project)
        git(project, "push", "-q", "origin", "fix")
        refs = git(other, "for-each-ref")
        known, made, pushed = update(other, [one("new\n")], "origin")
        assert (known.here, known.there) == (None, git(project, "rev-parse", "fix").decode())
        assert pushed
        assert git(other, "ls-remote", "origin", "refs/heads/fix").startswith(made.tip.encode())
        # of what was fetched nothing but objects is kept
        git(other, "branch", "-D", "-q", "fix")
        git(other, "update-ref", "-d", "refs/remotes/origin/fix")
        assert git(other, "for-each-ref") == refs
        assert not (other / ".git" / "FETCH_HEAD").exists()

    def test_the_same_is_not_pushed_again(self, project: Path, other: Path, git: Git) -> None:
        made = first(project)
        git(project, "push", "-q", "origin", "fix")
        _, again, pushed = update(other, [one("ours\n")], "origin")
        assert (again.commits, pushed) == (made.commits, False)
        assert git(other, "rev-parse", "fix").decode() == made.tip

    def test_a_new_branch_is_pushed(self, other: Path, git: Git) -> None:
        known, made, pushed = update(other, [one("ours\n")], "origin")
        assert (known.there, pushed) == (None, True)
        assert git(other, "ls-remote", "origin", "refs/heads/fix").startswith(made.tip.encode())

    def test_a_commit_on_top_there_is_never_replaced(
        self, project: Path, other: Path, git: Git
    ) -> None:
        first(project)
        git(project, "push", "-q", "origin", "fix")
        git(other, "fetch", "-q")
        git(other, "checkout", "-q", "fix")
        commit_file(git, other, "more.txt")
        git(other, "push", "-q", "origin", "fix")
        before = git(project, "for-each-ref"), git(project, "ls-remote", "origin")
        refused(project, "is not as hanna-fix wrote it", "origin")
        assert (git(project, "for-each-ref"), git(project, "ls-remote", "origin")) == before

    def test_a_push_from_elsewhere_meanwhile_is_never_replaced(
        self, project: Path, other: Path, git: Git
    ) -> None:
        first(project)
        git(project, "push", "-q", "origin", "fix")
        with open_repository(project) as repo:
            known = standing(repo, "fix", resolve_commit(repo, "main"), "origin")
            git(other, "fetch", "-q")
            git(other, "checkout", "-q", "fix")
            commit_file(git, other, "more.txt")
            git(other, "push", "-q", "origin", "fix")
            made = update_branch(repo, "", known, [one("new\n")])
            with pytest.raises(UserError, match="has changed meanwhile; nothing is pushed"):
                push_update(repo, "origin", known, made)
        tip = git(other, "rev-parse", "fix")
        assert git(project, "ls-remote", "origin", "refs/heads/fix").startswith(tip)

    def test_a_branch_that_appears_meanwhile_is_never_replaced(
        self, project: Path, other: Path, git: Git
    ) -> None:
        with open_repository(project) as repo:
            known = standing(repo, "fix", resolve_commit(repo, "main"), "origin")
            git(other, "push", "-q", "origin", "main:fix")
            made = update_branch(repo, "", known, [one("new\n")])
            with pytest.raises(UserError, match="has changed meanwhile"):
                push_update(repo, "origin", known, made)

    @pytest.mark.usefixtures("remote")
    def test_a_branch_whose_name_ends_so_is_another(self, project: Path, git: Git) -> None:
        git(project, "push", "-q", "origin", "main:refs/heads/theirs/refs/heads/fix")
        known, _, pushed = update(project, [one("ours\n")], "origin")
        assert (known.there, pushed) == (None, True)

    def test_a_shallow_clone_says_so(
        self, project: Path, remote: Path, git: Git, tmp_path: Path
    ) -> None:
        first(project)
        git(project, "push", "-q", "origin", "fix")
        commit_file(git, project, "more.txt")
        git(project, "push", "-q", "origin", "main")
        shallow = tmp_path / "shallow"
        git(tmp_path, "clone", "-q", "--depth=1", f"file://{remote}", str(shallow))
        git(shallow, "config", "user.name", "Robot")
        git(shallow, "config", "user.email", "robot@example.org")
        error = refused(shallow, "is not as hanna-fix wrote it", "origin")
        assert error.todo == "the clone is shallow, fetch all: git fetch --unshallow"

    def test_no_such_remote(self, project: Path) -> None:
        refused(project, "no remote upstream", "upstream")

    def test_a_remote_that_is_gone(self, project: Path, git: Git, tmp_path: Path) -> None:
        git(project, "remote", "add", "origin", str(tmp_path / "gone.git"))
        refused(project, "origin does not tell of its branch fix", "origin")

    def test_without_update_nothing_is_forced(self, project: Path, other: Path, git: Git) -> None:
        first(project)
        git(project, "push", "-q", "origin", "fix")
        with open_repository(other) as repo:
            commit_branch(repo, "", "fix", "main", [one("new\n")])
            with pytest.raises(UserError, match="push to origin failed"):
                push(repo, "origin", "fix")
