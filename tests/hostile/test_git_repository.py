"""Repositories that try to run something, or that lead to another directory's repository."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.hostile.child import refusal
from tests.hostile.conftest import Arena, snapshot
from tests.sink.stand_in import StandIn

STACK = "services:\n  web: {image: 'nginx:1.27', depends_on: [db]}\n  db: {image: 'postgres:16'}\n"
IDENTITY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "A U Thor"), ("EMAIL", "author@example.org"))
}
HOOKS = [
    "applypatch-msg",
    "commit-msg",
    "fsmonitor-watchman",
    "post-applypatch",
    "post-checkout",
    "post-commit",
    "post-index-change",
    "post-merge",
    "post-receive",
    "post-rewrite",
    "post-update",
    "pre-applypatch",
    "pre-",
    "auto-gc",
    "pre-commit",
    "pre-merge-commit",
    "pre-push",
    "pre-rebase",
    "pre-receive",
    "prepare-commit-msg",
    "proc-receive",
    "push-to-checkout",
    "reference-transaction",
    "sendemail-validate",
    "update",
]
# settings that name a program; those for reaching a remote are in REMOTE
PROGRAMS = [
    "core.fsmonitor",
    "core.pager",
    "core.editor",
    "sequence.editor",
    "diff.external",
    "diff.evil.textconv",
    "diff.evil.command",
    "merge.evil.driver",
    "merge.tool",
    "mergetool.evil.cmd",
    "filter.evil.clean",
    "filter.evil.smudge",
    "filter.evil.process",
    "gpg.program",
    "gpg.ssh.program",
    "gpg.x509.program",
    "trailer.evil.command",
    "trailer.evil.cmd",
    "uploadpack.packObjectsHook",
    "interactive.diffFilter",
    "pager.rev-parse",
    "pager.update-ref",
    "pager.branch",
    "gc.recentObjectsHook",
    "alias.rev-parse",
    "alias.update-ref",
    "remote.origin.receivepack",
]
REMOTE = [
    "core.sshCommand",
    "core.gitProxy",
    "core.askPass",
    "core.alternateRefsCommand",
    "credential.helper",
    "credential.https://example.org.helper",
    "remote.origin.uploadpack",
    "remote.origin.vcs",
]


class Repository(Arena):
    """An arena whose project is a git repository with one commit."""

    def git(self, *arguments: str, directory: Path | None = None) -> str:
        done = subprocess.run(
            ["git", *arguments],
            cwd=directory or self.root,
            env={**os.environ, **IDENTITY},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    @property
    def canary(self) -> Path:
        return self.root.parent / "canary"

    def script(self) -> str:
        """Return a program that leaves a canary."""
        script = self.root.parent / "script"
        script.write_text(f"#!/bin/sh\necho \"$0 $*\" >> '{self.canary}'\n")
        script.chmod(0o755)
        return str(script)

    def state(self) -> dict[str, object]:
        """Return what must stay: work tree, index, HEAD and configuration."""
        found = snapshot(self.root)
        kept = ("index", "HEAD", "config", "ORIG_HEAD")
        return {
            path: one
            for path, one in found.items()
            if "/.git/" not in path or path.endswith(tuple(f"/.git/{name}" for name in kept))
        }


@pytest.fixture
def repository(arena: Arena, monkeypatch: pytest.MonkeyPatch) -> Repository:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(arena.root.parent))
    made = Repository(arena.root, arena.outside, arena.log)
    made.write({"compose.yaml": STACK, ".gitattributes": "* filter=evil diff=evil merge=evil\n"})
    made.git("init", "-q", "-b", "main")
    made.git("add", "-A")
    made.git("commit", "-q", "-m", "first")
    return made


@pytest.fixture
def trapped(repository: Repository) -> Repository:
    """The repository with a trap in every place that git runs something from."""
    script = repository.script()
    hooks = repository.root / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in HOOKS:
        (hooks / name).unlink(missing_ok=True)
        (hooks / name).symlink_to(script)
    evil = repository.root / ".git" / "evil"
    for key in PROGRAMS:
        repository.git("config", "--file", str(evil), key, script)
    for key in ("commit.gpgSign", "tag.gpgSign", "push.gpgSign", "core.untrackedCache",
                "core.splitIndex", "core.sparseCheckout", "submodule.recurse"):  # fmt: skip
        repository.git("config", "--file", str(evil), key, "true")
    repository.git("config", "--file", str(evil), "core.hooksPath", str(hooks))
    (repository.root / ".git" / "info").mkdir(exist_ok=True)
    attributes = repository.root / ".git" / "info" / "attributes"
    attributes.write_text("* filter=evil diff=evil merge=evil\n")
    repository.git("config", "include.path", "evil")
    repository.canary.unlink(missing_ok=True)
    return repository


def test_nothing_of_the_repository_is_run(trapped: Repository) -> None:
    (trapped.root / "compose.yaml").write_text(STACK + "# not committed\n")
    before = trapped.state()
    ended = trapped.run("branch", "--per-rule", "--unsafe", env=IDENTITY)
    assert ended.status == 0, ended.err
    assert not trapped.canary.exists()
    assert trapped.state() == before
    assert "hanna_network" in trapped.git("cat-file", "-p", "fix/hanna:compose.yaml")
    # the traps are real: git itself steps on them
    trapped.canary.unlink(missing_ok=True)
    subprocess.run(["git", "status"], cwd=trapped.root, capture_output=True, check=False)
    assert trapped.canary.exists()


def test_a_push_runs_the_remotes_own_hooks_alone(trapped: Repository) -> None:
    remote = trapped.root.parent / "remote.git"
    trapped.git("init", "-q", "--bare", str(remote), directory=trapped.root.parent)
    marker = remote / "received"
    hook = remote / "hooks" / "post-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ncat > '{marker}'\n")
    hook.chmod(0o755)
    trapped.git("config", "remote.origin.url", str(remote))
    ended = trapped.run("branch", "--push", "origin", env=IDENTITY)
    assert ended.status == 0, ended.err
    assert not trapped.canary.exists()
    assert marker.exists()


@pytest.mark.parametrize("key", REMOTE)
def test_a_push_through_a_program_of_the_repository_is_refused(
    repository: Repository, capfd: pytest.CaptureFixture[str], key: str
) -> None:
    repository.git("config", "user.name", "A U Thor")
    repository.git("config", "user.email", "author@example.org")
    repository.git("config", "remote.origin.url", "ssh://localhost:1/x")
    repository.git("config", key, repository.script())
    line = refusal(repository.here(capfd, "branch", "--push", "origin"))
    assert "names a program that a push would run" in line
    assert not repository.canary.exists()
    assert repository.git("branch", "--list", "fix/hanna")


def test_a_push_to_an_external_command_is_refused(repository: Repository) -> None:
    script = repository.script()
    repository.git("config", "remote.origin.url", f"ext::{script}")
    refusal(repository.run("branch", "--push", "origin", env=IDENTITY))
    assert not repository.canary.exists()


def test_the_callers_variables_lead_nowhere_else(repository: Repository) -> None:
    other = repository.root.parent / "other"
    repository.git("init", "-q", str(other), directory=repository.root.parent)
    before = snapshot(other)
    env = {
        **IDENTITY,
        "GIT_DIR": str(other / ".git"),
        "GIT_WORK_TREE": str(other),
        "GIT_INDEX_FILE": str(other / ".git" / "index"),
        "GIT_OBJECT_DIRECTORY": str(other / ".git" / "objects"),
        "GIT_COMMON_DIR": str(other / ".git"),
        "GIT_NAMESPACE": "x",
        "GIT_PREFIX": "x/",
    }
    state = repository.state()
    ended = repository.run("branch", env=env)
    assert ended.status == 0, ended.err
    assert repository.git("branch", "--list", "fix/hanna")
    assert snapshot(other) == before
    assert repository.state() == state


class TestLeadsElsewhere:
    """A repository that is not this directory's is neither read nor given a branch."""

    @pytest.fixture
    def victim(self, repository: Repository) -> Path:
        path = repository.root.parent / "victim"
        repository.root.rename(path)
        repository.root.mkdir()
        repository.write({"compose.yaml": STACK})
        return path

    def refused(self, repository: Repository, victim: Path, directory: Path | None = None) -> None:
        before = snapshot(victim)
        where = ("-C", str(directory)) if directory else ()
        line = refusal(repository.run("branch", *where, env=IDENTITY))
        assert ".git leads to the repository of another directory" in line
        assert snapshot(victim) == before

    def test_through_a_git_file(self, repository: Repository, victim: Path) -> None:
        (repository.root / ".git").write_text(f"gitdir: {victim}/.git\n")
        self.refused(repository, victim)

    def test_through_a_link(self, repository: Repository, victim: Path) -> None:
        (repository.root / ".git").symlink_to(victim / ".git")
        self.refused(repository, victim)

    def test_through_a_common_directory(self, repository: Repository, victim: Path) -> None:
        repository.git("init", "-q")
        (repository.root / ".git" / "commondir").write_text(f"{victim}/.git\n")
        self.refused(repository, victim)

    def test_through_a_work_tree_further_up(self, repository: Repository, victim: Path) -> None:
        inner = victim / "vendor" / "inner"
        inner.mkdir(parents=True)
        (inner / "compose.yaml").write_text(STACK)
        repository.git("init", "-q", directory=inner)
        repository.git("config", "core.worktree", str(victim), directory=inner)
        self.refused(repository, victim, inner)

    def test_a_linked_work_tree_is_its_own(self, repository: Repository) -> None:
        linked = repository.root.parent / "linked"
        repository.git("worktree", "add", "-q", str(linked), "-b", "side")
        assert repository.run("branch", "-C", str(linked), env=IDENTITY).status == 0

    def test_a_submodule_is_its_own(self, repository: Repository) -> None:
        outer = repository.root.parent / "outer"
        repository.git("init", "-q", str(outer), directory=repository.root.parent)
        allowed = ("-c", "protocol.file.allow=always")
        repository.git(*allowed, "submodule", "add", str(repository.root), "m", directory=outer)
        assert repository.run("branch", "-C", str(outer / "m"), env=IDENTITY).status == 0

    def test_borrowed_objects_are_git_s_affair(self, repository: Repository) -> None:
        clone = repository.root.parent / "clone"
        repository.git("clone", "-q", "--shared", str(repository.root), str(clone))
        before = snapshot(repository.root)
        assert repository.run("branch", "-C", str(clone), env=IDENTITY).status == 0
        assert snapshot(repository.root) == before


def test_links_in_a_commit_lead_nowhere_outside(repository: Repository) -> None:
    web = "services:\n  web:\n    image: nginx\n    env_file: [env, up/outside/env]\n"
    web += "    volumes: ['./nginx.conf:/etc/nginx/nginx.conf', './up:/etc/nginx/conf.d']\n"
    repository.write({"compose.yaml": web})
    for name, goal in {
        "env": repository.outside / "env",
        "nginx.conf": repository.outside / "nginx.conf",
        "up": Path(".."),
    }.items():
        (repository.root / name).symlink_to(goal)
    repository.git("add", "-A")
    repository.git("commit", "-q", "-m", "links")
    ended = repository.run("branch", "--unsafe", "-v", env=IDENTITY)
    assert ended.status == 0
    assert "kanarienvogel" not in ended.out + ended.err


def test_replaced_and_grafted_commits_are_not_believed(repository: Repository) -> None:
    head = repository.git("rev-parse", "HEAD")
    repository.write({"compose.yaml": STACK.replace("web", "evil")})
    repository.git("commit", "-q", "-a", "-m", "evil")
    evil = repository.git("rev-parse", "HEAD")
    repository.git("replace", head, evil)
    (repository.root / ".git" / "info").mkdir(exist_ok=True)
    (repository.root / ".git" / "info" / "grafts").write_text(f"{head} {evil}\n")
    assert repository.run("branch", "--base", head, env=IDENTITY).status == 0
    shown = repository.git("--no-replace-objects", "cat-file", "-p", "fix/hanna:compose.yaml")
    assert "web" in shown
    assert "evil" not in shown


@pytest.mark.parametrize("damage", ["missing", "empty", "rubbish", "other"])
@pytest.mark.parametrize("name", ["HEAD^{tree}", "HEAD:compose.yaml"])
def test_a_damaged_object_is_named_in_one_line(
    repository: Repository, capfd: pytest.CaptureFixture[str], name: str, damage: str
) -> None:
    repository.git("config", "user.name", "A U Thor")
    repository.git("config", "user.email", "author@example.org")
    objects = repository.root / ".git" / "objects"
    found = repository.git("rev-parse", name)
    other = repository.git("rev-parse", "HEAD:.gitattributes")
    path = objects / found[:2] / found[2:]
    contents = {
        "empty": b"",
        "rubbish": b"\x78\x9c\x1b[31m" * 9,
        "other": (objects / other[:2] / other[2:]).read_bytes(),
    }
    path.unlink()
    if damage != "missing":
        path.write_bytes(contents[damage])
    refusal(repository.here(capfd, "branch"))


def test_escapes_in_a_commit_message(repository: Repository) -> None:
    nginx = "  web:\n    image: nginx\n    volumes: ['./n:/etc/nginx/conf.d']\n"
    server = (
        "server { resolver 127.0.0.11 8.8.8.8; set $u db; location / { proxy_pass http://$u; }}"
    )
    repository.write({"compose.yaml": "services:\n  db:\n    image: postgres:16\n" + nginx})
    repository.write({"n/a\x1b[31m\u202e.conf": server})
    repository.git("add", "-A")
    repository.git("commit", "-q", "-m", "names")
    ended = repository.run("branch", env=IDENTITY)
    assert ended.status == 0, ended.err
    message = repository.git("log", "-1", "--format=%B", "fix/hanna")
    assert "\x1b" not in message
    assert "\u202e" not in message
    assert "\\x1b[31m" in message


def test_a_setting_that_includes_a_pipe_does_not_hang(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    from patcher.errors import UserError
    from patcher.sink import git_run
    from patcher.sink.git import open_repository

    os.mkfifo(repository.root / "pipe")
    repository.git("config", "include.path", str(repository.root / "pipe"))
    monkeypatch.setattr(git_run, "_SECONDS", 1)
    with pytest.raises(UserError, match="does not answer"):
        open_repository(repository.root)


def test_an_update_and_a_request_run_nothing_of_the_repository(
    trapped: Repository, tmp_path: Path
) -> None:
    remote = trapped.root.parent / "remote.git"
    trapped.git("init", "-q", "--bare", str(remote), directory=trapped.root.parent)
    trapped.git("config", f"url.{remote}.insteadOf", "https://github.com/acme/shop")
    trapped.git("config", "remote.origin.url", "https://github.com/acme/shop")
    trapped.git("config", "remote.origin.fetch", "+refs/heads/*:refs/heads/*")
    trapped.git("config", "remote.origin.prune", "true")
    pulls = "repos/acme/shop/pulls"
    answers = {f"GET {pulls}": [], f"POST {pulls}": {"html_url": "https://example.org/7"}}
    program = StandIn.made(tmp_path / "bin", "gh", answers)
    for folder in (trapped.root, trapped.root / "bin"):  # programs of the repository
        folder.mkdir(exist_ok=True)
        (folder / "gh").symlink_to(trapped.script())
    path = os.pathsep.join([".", "bin", str(program.program.parent), os.environ["PATH"]])
    env = {**IDENTITY, "PATH": path.removeprefix(f".{os.pathsep}bin{os.pathsep}")}
    options = ("--update", "--push", "origin", "--pr")
    assert trapped.run("branch", *options, env=env).status == 0
    # a clone that knows the branch from the remote alone
    tip = trapped.git("rev-parse", "fix/hanna")
    trapped.canary.unlink(missing_ok=True)
    trapped.git("pack-refs", "--all")
    trapped.git("update-ref", "-d", "refs/heads/fix/hanna")
    trapped.git("prune", "--expire=now")
    assert tip not in trapped.git("cat-file", "--batch-check", "--batch-all-objects")
    refs = trapped.git("for-each-ref")
    trapped.canary.unlink(missing_ok=True)
    ended = trapped.run("branch", *options, env=env)
    assert ended.status == 0, ended.err
    assert not trapped.canary.exists()
    assert len(program.requests) == 4
    assert trapped.git("rev-parse", "fix/hanna") == tip
    trapped.git("update-ref", "-d", "refs/heads/fix/hanna")
    assert trapped.git("for-each-ref") == refs
    # with the repository's own programs first on PATH none is run: the page is printed instead
    trapped.canary.unlink(missing_ok=True)
    ended = trapped.run("branch", *options, env={**env, "PATH": path})
    assert ended.status == 0, ended.err
    assert "there is no gh here" in ended.out
    assert not trapped.canary.exists()


@pytest.mark.parametrize("key", REMOTE)
def test_an_update_through_a_program_of_the_repository_is_refused(
    repository: Repository, capfd: pytest.CaptureFixture[str], key: str
) -> None:
    repository.git("config", "user.name", "A U Thor")
    repository.git("config", "user.email", "author@example.org")
    repository.git("config", "remote.origin.url", "ssh://localhost:1/x")
    repository.git("config", key, repository.script())
    line = refusal(repository.here(capfd, "branch", "--update", "--push", "origin"))
    assert "names a program that a push would run" in line
    assert not repository.canary.exists()
    assert not repository.git("branch", "--list", "fix/hanna")
