from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from patcher.errors import Bug, UserError
from patcher.sink.git import (
    Branch,
    PlannedCommit,
    RevisionTree,
    commit_branch,
    open_repository,
    project_prefix,
    push,
    resolve_commit,
)
from patcher.text import Source
from tests.sink.conftest import Git


def branch(
    directory: Path, *commits: PlannedCommit, name: str = "fix", base: str = "HEAD"
) -> Branch:
    with open_repository(directory) as repo:
        return commit_branch(repo, project_prefix(directory), name, base, commits)


def one(path: str, text: str, *, mode: int = 0o644, bom: bool = False) -> PlannedCommit:
    return PlannedCommit(f"change {path}", {path: Source(path, text, bom=bom, mode=mode)})


def state(git: Git, top: Path) -> dict[str, bytes]:
    """Everything that must stay as it is."""
    git_dir = Path(os.fsdecode(git(top, "rev-parse", "--absolute-git-dir")))
    status = ("--no-optional-locks", "status", "--porcelain=v2", "--branch", "-z", "--ignored")
    files = [path for path in top.rglob("*") if ".git" not in path.parts and path.is_file()]
    return {
        **{str(path): path.read_bytes() for path in files},
        "status": git(top, *status),
        "index": (git_dir / "index").read_bytes(),
        "HEAD": (git_dir / "HEAD").read_bytes(),
        "git": " ".join(sorted(path.name for path in git_dir.iterdir())).encode(),
    }


class TestCommitBranch:
    def test_makes_one_commit_with_exactly_the_change(self, project: Path, git: Git) -> None:
        head = git(project, "rev-parse", "HEAD").decode()
        made = branch(project, one("compose.yml", "services: {}\n"))
        assert (made.name, made.base, len(made.commits)) == ("fix", head, 1)
        assert git(project, "rev-parse", "fix").decode() == made.commits[0]
        assert git(project, "rev-parse", "fix^").decode() == head
        assert git(project, "show", "fix:compose.yml") == b"services: {}"
        assert git(project, "diff", "--name-only", "main", "fix") == b"compose.yml"
        form = "--format=%an <%ae>|%cn|%B"
        assert git(project, "log", "-1", form, "fix").startswith(
            b"A U Thor <author@example.org>|A U Thor|change compose.yml\n\nHanna-Fix: "
        )

    def test_makes_several_commits(self, project: Path, git: Git) -> None:
        made = branch(
            project,
            one("compose.yml", "one\n"),
            PlannedCommit(
                "subject \u00fc\n\nbody\n",
                {"compose.yml": Source("compose.yml", "two\n"), "new.md": Source("new.md", "x")},
            ),
        )
        log = git(project, "log", "--reverse", "--format=%H", "main..fix").decode().split("\n")
        assert tuple(log) == made.commits
        assert git(project, "show", f"{made.commits[0]}:compose.yml") == b"one"
        assert git(project, "show", "fix:compose.yml") == b"two"
        assert git(project, "show", "fix:new.md") == b"x"
        message = git(project, "log", "-1", "--format=%B", "fix").decode()
        assert message.startswith("subject \u00fc\n\nbody\n\nHanna-Fix: ")
        assert git(project, "log", "-1", "--format=%(trailers:key=Hanna-Fix,valueonly)", "fix")
        assert git(project, "fsck", "--strict") == b""

    def test_leaves_a_dirty_tree_alone(self, project: Path, git: Git) -> None:
        (project / "compose.yml").write_bytes(b"staged\n")
        git(project, "add", "compose.yml")
        (project / "compose.yml").write_bytes(b"unstaged\n")
        (project / "untracked.yml").write_bytes(b"untracked\n")
        (project / "run.sh").unlink()
        git(project, "rm", "-q", "--cached", "crlf.conf")
        before = state(git, project)
        branch(project, one("compose.yml", "ours\n"))
        assert state(git, project) == before
        assert git(project, "diff", "--stat", "--name-only", "main", "fix") == b"compose.yml"

    def test_works_on_another_base(self, project: Path, git: Git) -> None:
        git(project, "checkout", "-q", "-b", "other")
        (project / "other.yml").write_bytes(b"x")
        git(project, "add", "other.yml")
        git(project, "commit", "-q", "-m", "other")
        git(project, "tag", "-m", "annotated", "v1")
        git(project, "checkout", "-q", "main")
        made = branch(project, one("compose.yml", "x"), base="v1")
        assert made.base == git(project, "rev-parse", "other").decode()
        assert git(project, "show", "fix:other.yml") == b"x"

    def test_works_on_a_detached_head(self, project: Path, git: Git) -> None:
        git(project, "checkout", "-q", "--detach")
        before = state(git, project)
        branch(project, one("compose.yml", "x"))
        assert state(git, project) == before

    def test_works_in_a_subfolder(self, project: Path, git: Git) -> None:
        sub = project / "sub"
        assert project_prefix(sub) == "sub/"
        assert project_prefix(project) == ""
        branch(sub, one("compose.yml", "changed\n"), one("deep/er/new.sh", "x", mode=0o755))
        names = git(project, "diff", "--name-only", "main", "fix")
        assert names == b"sub/compose.yml\nsub/deep/er/new.sh"

    def test_works_in_a_linked_worktree(self, project: Path, git: Git, tmp_path: Path) -> None:
        linked = tmp_path / "linked"
        git(project, "worktree", "add", "-q", str(linked), "-b", "side")
        before = state(git, project), state(git, linked)
        branch(linked / "sub", one("compose.yml", "x"))
        assert (state(git, project), state(git, linked)) == before
        assert git(project, "show", "fix:sub/compose.yml") == b"x"

    def test_keeps_modes(self, project: Path, git: Git) -> None:
        commit = PlannedCommit(
            "modes",
            {
                "run.sh": Source("run.sh", "x", mode=0o644),
                "compose.yml": Source("compose.yml", "x", mode=0o755),
                "new.sh": Source("new.sh", "x", mode=0o755),
                "new.md": Source("new.md", "x", mode=0o664),
            },
        )
        branch(project, commit)
        tree = git(project, "ls-tree", "fix", *commit.files).decode().split("\n")
        assert {line.split("\t")[1]: line[:6] for line in tree} == {
            "run.sh": "100755",
            "compose.yml": "100644",
            "new.sh": "100755",
            "new.md": "100644",
        }

    def test_changes_the_file_behind_a_link(self, project: Path, git: Git) -> None:
        branch(project, one("link.conf", "linked"), one("folder/new.conf", "x"))
        names = git(project, "diff", "--name-only", "main", "fix")
        assert names == b"sub/nginx/c.conf\nsub/nginx/new.conf"
        assert git(project, "show", "fix:sub/nginx/c.conf") == b"linked"

    def test_keeps_bytes_whatever_git_would_convert(self, project: Path, git: Git) -> None:
        git(project, "config", "core.autocrlf", "true")
        (project / ".gitattributes").write_bytes(
            b"* text=auto eol=lf working-tree-encoding=UTF-16\n"
        )
        branch(project, one("crlf.conf", "a;\r\nc;\r\n", bom=True))
        blob = git(project, "cat-file", "blob", "fix:crlf.conf")
        assert blob == b"\xef\xbb\xbfa;\r\nc;\r"  # the fixture takes the last newline

    def test_makes_no_shared_index(self, project: Path, git: Git) -> None:
        git(project, "config", "core.splitIndex", "true")
        git(project, "config", "splitIndex.sharedIndexExpire", "now")
        before = state(git, project)
        branch(project, one("compose.yml", "x"))
        assert state(git, project) == before

    def test_ignores_the_repository_of_a_hook_that_runs_us(
        self, project: Path, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        hooked = tmp_path / "hooked"
        git(tmp_path, "init", "-q", str(hooked))
        monkeypatch.setenv("GIT_DIR", str(hooked / ".git"))
        monkeypatch.setenv("GIT_INDEX_FILE", str(hooked / ".git" / "index"))
        monkeypatch.setenv("GIT_WORK_TREE", str(hooked))
        branch(project, one("compose.yml", "x"))
        for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
            monkeypatch.delenv(name, raising=False)
        assert git(project, "show", "fix:compose.yml") == b"x"
        assert git(hooked, "for-each-ref") == b""

    def test_takes_no_commits_for_our_bug(self, project: Path) -> None:
        with pytest.raises(Bug):
            branch(project)


class TestRunsNothing:
    HOOKS = (
        "reference-transaction",
        "pre-commit",
        "prepare-commit-msg",
        "commit-msg",
        "post-commit",
        "post-index-change",
        "pre-push",
    )

    @pytest.fixture
    def canary(self, project: Path, git: Git, tmp_path: Path) -> Path:
        """Appears as soon as anything that the repository has set up is run."""
        canary = tmp_path / "canary"
        script = tmp_path / "script"
        script.write_text(f"#!/bin/sh\necho \"$0 $*\" >> '{canary}'\ncat\n")
        script.chmod(0o755)
        hooks = project / ".git" / "hooks"
        hooks.mkdir(exist_ok=True)
        for name in self.HOOKS:
            (hooks / name).symlink_to(script)
        for key in (
            "filter.evil.clean",
            "filter.evil.smudge",
            "filter.evil.process",
            "core.fsmonitor",
            "core.pager",
            "core.editor",
            "gpg.program",
            "diff.external",
            "diff.evil.textconv",
            "trailer.evil.command",
        ):
            git(project, "config", key, str(script))
        git(project, "config", "commit.gpgSign", "true")
        (project / ".gitattributes").write_bytes(b"* filter=evil diff=evil\n")
        (project / ".git" / "info").mkdir(exist_ok=True)
        (project / ".git" / "info" / "attributes").write_bytes(b"* filter=evil diff=evil\n")
        return canary

    def test_when_a_branch_is_made(self, project: Path, canary: Path) -> None:
        with open_repository(project) as repo:
            tree = RevisionTree(repo, resolve_commit(repo, "HEAD"), "")
            assert tree.read("compose.yml") is not None
        branch(project, one("compose.yml", "x\n"), one("new.yml", "x\n"))
        assert not canary.exists()
        # the traps are real: git itself steps on them
        subprocess.run(["git", "add", "compose.yml"], cwd=project, capture_output=True, check=False)
        assert canary.exists()

    def test_when_it_is_pushed(self, project: Path, git: Git, canary: Path, tmp_path: Path) -> None:
        remote = tmp_path / "remote.git"
        git(tmp_path, "init", "-q", "--bare", str(remote))
        marker = tmp_path / "received"
        hook = remote / "hooks" / "post-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ncat > '{marker}'\n")
        hook.chmod(0o755)
        git(project, "remote", "add", "origin", str(remote))
        git(project, "config", "remote.origin.receivepack", str(tmp_path / "script"))
        git(project, "config", "push.gpgSign", "true")
        branch(project, one("compose.yml", "x\n"))
        with open_repository(project) as repo:
            push(repo, "origin", "fix")
        assert not canary.exists()
        assert marker.exists()  # the remote's own hooks are its own affair
        assert git(remote, "for-each-ref", "--format=%(refname)") == b"refs/heads/fix"
        assert git(remote, "show", "fix:compose.yml") == b"x"


class TestRefuses:
    def refused(
        self, directory: Path, message: str, *, name: str = "fix", base: str = "HEAD"
    ) -> UserError:
        with pytest.raises(UserError, match=message) as caught:
            branch(directory, one("compose.yml", "x"), name=name, base=base)
        assert "\n" not in str(caught.value)
        assert caught.value.todo
        return caught.value

    def test_a_branch_that_exists(self, project: Path, git: Git) -> None:
        git(project, "branch", "fix")
        self.refused(project, "there is a branch fix already")
        assert git(project, "rev-parse", "fix") == git(project, "rev-parse", "main")
        self.refused(project, "there is a branch main already", name="main")

    def test_a_branch_below_a_branch(self, project: Path, git: Git) -> None:
        git(project, "branch", "fix")
        self.refused(project, "fix/one cannot be created", name="fix/one")

    def test_a_branch_that_appears_meanwhile(
        self, project: Path, git: Git, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def too_early(top: Path, name: str) -> None:
            git(top, "branch", name)

        monkeypatch.setattr("patcher.sink.git._check_name", too_early)
        self.refused(project, "the branch fix cannot be created")
        assert git(project, "rev-parse", "fix") == git(project, "rev-parse", "main")

    def test_a_branch_checked_out_before_its_first_commit(self, project: Path, git: Git) -> None:
        git(project, "checkout", "-q", "--orphan", "fix")
        self.refused(project, "there is a branch fix already", base="main")

    @pytest.mark.parametrize(
        "name", ["", "-f", "a b", "a..b", "a.lock", "HEAD", "@{-1}", "@", "a\nb"]
    )
    def test_what_is_no_branch_name(self, project: Path, git: Git, name: str) -> None:
        git(project, "checkout", "-q", "-b", "other")
        git(project, "checkout", "-q", "main")
        self.refused(project, "not a branch name", name=name)

    @pytest.mark.parametrize("base", ["nowhere", "--all", "", "HEAD:compose.yml", "a\nb"])
    def test_an_unknown_base(self, project: Path, base: str) -> None:
        self.refused(project, "unknown revision", base=base)

    def test_no_commit_yet(self, git: Git, tmp_path: Path) -> None:
        git(tmp_path, "init", "-q", "-b", "main", "fresh")
        self.refused(tmp_path / "fresh", "no commit yet")

    @pytest.mark.parametrize("key", ["user.name", "user.email"])
    def test_no_identity(self, project: Path, git: Git, key: str) -> None:
        git(project, "config", "--unset", key)
        self.refused(project, "git knows no name and address")
        assert git(project, "branch", "--list", "fix") == b""

    def test_a_place_for_no_file(self, project: Path, git: Git) -> None:
        for path in ("sub", "compose.yml/x", "../x", "/x", ".git/config"):
            with pytest.raises(UserError):
                branch(project, one(path, "x"))
        with pytest.raises(UserError, match="not inside the project"):
            branch(project / "sub", one("up.yml", "x"))
        assert git(project, "branch", "--list", "fix") == b""

    def test_two_ways_to_one_file_that_differ(self, project: Path) -> None:
        files = {path: Source(path, path) for path in ("link.conf", "sub/nginx/c.conf")}
        with pytest.raises(UserError, match=r"leads to sub/nginx/c\.conf as another path does"):
            branch(project, PlannedCommit("both", files))


class TestOpen:
    def refused(self, directory: Path, message: str) -> UserError:
        with pytest.raises(UserError, match=message) as caught:
            open_repository(directory)
        assert "\n" not in str(caught.value)
        return caught.value

    def test_from_a_subfolder(self, project: Path) -> None:
        with open_repository(project / "sub" / "nginx") as repo:
            assert Path(str(repo.working_tree_dir)).samefile(project)

    @pytest.mark.usefixtures("git")
    def test_no_repository(self, tmp_path: Path) -> None:
        error = self.refused(tmp_path, "not a git repository")
        assert "git init" in error.todo
        assert "-C" in error.todo
        self.refused(tmp_path / "nowhere", "git cannot be run: no such file or directory")

    def test_a_bare_repository(self, git: Git, tmp_path: Path) -> None:
        git(tmp_path, "init", "-q", "--bare", "bare.git")
        self.refused(tmp_path / "bare.git", "bare")

    def test_somebody_elses(self, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
        error = self.refused(project, "belongs to another user")
        assert f"safe.directory {project}" in error.todo

    def test_a_damaged_one(self, project: Path) -> None:
        (project / ".git" / "config").write_bytes(b"[core\n")
        self.refused(project, "git cannot read the repository: bad config line 1")

    def test_another_object_format(self, git: Git, tmp_path: Path) -> None:
        git(tmp_path, "init", "-q", "--object-format=sha256", "new")
        self.refused(tmp_path / "new", "sha256 repositories are not supported")

    def test_without_git(self, tmp_path: Path) -> None:
        code = (
            "from pathlib import Path\n"
            "from patcher.errors import UserError\n"
            "from patcher.sink.git import open_repository\n"
            "try:\n    open_repository(Path())\nexcept UserError as error:\n    print(error)\n"
        )
        env = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=env | {"PATH": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == "there is no git program; install git\n"


class TestRevisionTree:
    def test_reads_the_commit_not_the_work_tree(self, project: Path) -> None:
        (project / "compose.yml").write_bytes(b"dirty\n")
        (project / "new.yml").write_bytes(b"new\n")
        with open_repository(project) as repo:
            commit = resolve_commit(repo, "main")
            tree = RevisionTree(repo, commit, "")
            assert tree.read("compose.yml") == Source(
                "compose.yml", "services:\n  db: {}\n", mode=0o644, rev=commit
            )
            assert tree.read("./sub/../compose.yml") is not None
            assert tree.read("new.yml") is None
            crlf = tree.read("crlf.conf")
            assert crlf is not None
            assert crlf.encode() == b"\xef\xbb\xbfa;\r\nb;"
            script = tree.read("run.sh")
            assert script is not None
            assert script.mode == 0o755

    def test_lists_directories(self, project: Path) -> None:
        with open_repository(project) as repo:
            tree = RevisionTree(repo, resolve_commit(repo, "HEAD"), "")
            names = ("compose.yml", "crlf.conf", "folder", "link.conf", "run.sh", "sub")
            assert tree.list_dir("") == tree.list_dir(".") == names
            assert tree.list_dir("sub/nginx") == tree.list_dir("folder/") == ("c.conf",)
            assert tree.list_dir("compose.yml") == tree.list_dir("none") == ()
            assert [tree.is_dir(path) for path in (".", "sub", "folder", "run.sh", "none")] == [
                True,
                True,
                True,
                False,
                False,
            ]

    def test_follows_links_only_inside_the_project(self, project: Path, git: Git) -> None:
        (project / "loop").symlink_to("loop")
        (project / "abs.yml").symlink_to(project / "compose.yml")
        (project / "dangling").symlink_to("none")
        (project / "through").symlink_to("compose.yml/../run.sh")
        git(project, "add", "-A")
        git(project, "commit", "-q", "-m", "links")
        with open_repository(project) as repo:
            head = resolve_commit(repo, "HEAD")
            tree = RevisionTree(repo, head, "")
            linked = tree.read("link.conf")
            assert linked is not None
            assert (linked.path, linked.text) == ("link.conf", "c;\n")
            assert tree.read("folder/c.conf") is not None
            assert tree.read("sub/up.yml") is not None
            for path in ("loop", "abs.yml", "dangling", "through", "../project/run.sh", "/run.sh"):
                assert tree.read(path) is None
                assert not tree.is_dir(path)
            inner = RevisionTree(repo, head, "sub/")
            assert inner.list_dir(".") == ("compose.yml", "in.conf", "nginx", "up.yml")
            assert inner.read("up.yml") is None
            assert inner.read("in.conf") is None
            assert inner.read("nginx/c.conf") is not None

    def test_takes_submodules_and_pointers_for_no_files(self, project: Path, git: Git) -> None:
        pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"
        (project / "big.yml").write_bytes(pointer)
        git(project, "add", "big.yml")
        head = git(project, "rev-parse", "HEAD").decode()
        git(project, "update-index", "--add", "--cacheinfo", f"160000,{head},module")
        git(project, "commit", "-q", "-m", "others")
        with open_repository(project) as repo:
            tree = RevisionTree(repo, resolve_commit(repo, "HEAD"), "")
            assert tree.read("big.yml") is None
            assert tree.read("module") is None
            assert tree.read("module/x") is None
            assert not tree.is_dir("module")
            assert tree.list_dir("module") == ()
            with pytest.raises(UserError, match="not a regular file"):
                tree.locate("module")

    def test_of_a_directory_that_the_commit_lacks_is_empty(self, project: Path) -> None:
        with open_repository(project) as repo:
            tree = RevisionTree(repo, resolve_commit(repo, "HEAD"), "later/")
            assert not tree.is_dir(".")
            assert tree.read("compose.yml") is None

    def test_names_a_file_that_is_not_utf8(self, project: Path, git: Git) -> None:
        (project / "latin.yml").write_bytes(b"a: 1\nb: \xfc\n")
        git(project, "add", "latin.yml")
        git(project, "commit", "-q", "-m", "latin")
        with open_repository(project) as repo:
            tree = RevisionTree(repo, resolve_commit(repo, "HEAD"), "")
            with pytest.raises(UserError, match=r"latin\.yml:2:4: not UTF-8"):
                tree.read("latin.yml")

    def test_refuses_a_very_large_file(self, project: Path, git: Git) -> None:
        (project / "large.yml").write_bytes(b"#" * (2 * 1024 * 1024 + 1))
        git(project, "add", "large.yml")
        git(project, "commit", "-q", "-m", "large")
        with open_repository(project) as repo:
            tree = RevisionTree(repo, resolve_commit(repo, "HEAD"), "")
            with pytest.raises(UserError, match=r"large\.yml: larger than 2 MiB"):
                tree.read("large.yml")

    def test_of_a_partial_clone_fetches_nothing(
        self, project: Path, git: Git, tmp_path: Path
    ) -> None:
        git(project, "config", "uploadpack.allowFilter", "true")
        clone = tmp_path / "clone"
        url = f"file://{project}"
        git(tmp_path, "clone", "-q", "--no-checkout", "--filter=blob:none", url, str(clone))
        with open_repository(clone) as repo:
            tree = RevisionTree(repo, resolve_commit(repo, "HEAD"), "")
            assert tree.is_dir("sub")
            with pytest.raises(UserError, match=r"compose\.yml: is not in this clone"):
                tree.read("compose.yml")


class TestPush:
    @pytest.fixture
    def remote(self, project: Path, git: Git, tmp_path: Path) -> Path:
        path = tmp_path / "remote.git"
        git(tmp_path, "init", "-q", "--bare", str(path))
        git(project, "remote", "add", "origin", str(path))
        git(project, "remote", "add", "gone", str(tmp_path / "gone.git"))
        return path

    def test_sends_that_branch_and_nothing_else(
        self, project: Path, git: Git, remote: Path
    ) -> None:
        git(project, "tag", "-m", "t", "v1")
        git(project, "config", "push.followTags", "true")
        branch(project, one("compose.yml", "x"))
        before = state(git, project)
        with open_repository(project) as repo:
            push(repo, "origin", "fix")
        assert git(remote, "for-each-ref", "--format=%(refname)") == b"refs/heads/fix"
        assert git(remote, "rev-parse", "fix") == git(project, "rev-parse", "fix")
        assert state(git, project) == before

    @pytest.mark.usefixtures("remote")
    def test_to_an_unknown_remote_names_the_known_ones(self, project: Path) -> None:
        branch(project, one("compose.yml", "x"))
        with (
            open_repository(project) as repo,
            pytest.raises(
                UserError, match=r"no remote --all; .* known: (origin, gone|gone, origin)"
            ),
        ):
            push(repo, "--all", "fix")

    def test_without_remotes_says_how_to_add_one(self, project: Path) -> None:
        branch(project, one("compose.yml", "x"))
        with (
            open_repository(project) as repo,
            pytest.raises(UserError, match="none; add one: git remote add"),
        ):
            push(repo, "origin", "fix")

    @pytest.mark.usefixtures("remote")
    def test_that_fails_says_why_and_keeps_the_branch(self, project: Path, git: Git) -> None:
        made = branch(project, one("compose.yml", "x"))
        with open_repository(project) as repo, pytest.raises(UserError) as caught:
            push(repo, "gone", "fix")
        assert "push to gone failed" in str(caught.value)
        assert "the branch fix stays here" in str(caught.value)
        assert "\n" not in str(caught.value)
        assert git(project, "rev-parse", "fix").decode() == made.commits[0]

    def test_never_overwrites(self, project: Path, git: Git, remote: Path) -> None:
        git(project, "commit", "-q", "--allow-empty", "-m", "theirs")
        git(project, "push", "-q", "origin", "HEAD:refs/heads/fix")
        theirs = git(remote, "rev-parse", "fix")
        branch(project, one("compose.yml", "x"), base="HEAD^")
        with open_repository(project) as repo, pytest.raises(UserError, match="push to origin"):
            push(repo, "origin", "fix")
        assert git(remote, "rev-parse", "fix") == theirs
