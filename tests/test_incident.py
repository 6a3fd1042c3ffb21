"""The main job on the incident's stack: our replica always, the real one where it is at hand."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from unidiff.patch import PatchSet

from tests.stacks import INCIDENTS

WAITING = ("backend", "celery_io_worker", "celery_cpu_worker", "celery_beat", "email_idle_fetcher")
CHECKED = ("db", "redis", "backend", "frontend", "hanna-management-frontend")


def git(folder: Path, *arguments: str, stdin: str | None = None) -> str:
    command = ["git", "-c", "core.autocrlf=false", *arguments]
    done = subprocess.run(
        command, cwd=folder, input=stdin, capture_output=True, text=True, check=True
    )
    return done.stdout


def hanna_fix(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "patcher", "-C", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(params=INCIDENTS)
def stack(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    folder = tmp_path / "stack"
    shutil.copytree(request.param, folder)
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "config", "user.name", "Test")
    git(folder, "config", "user.email", "test@example.com")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "The stack as it was")
    return folder


def contents(folder: Path) -> dict[Path, bytes]:
    files = (path for path in folder.rglob("*") if ".git" not in path.parts)
    return {path.relative_to(folder): path.read_bytes() for path in files if path.is_file()}


def patched(folder: Path) -> str:
    """Apply the diff with git; return it."""
    patch = hanna_fix(folder, "--dry-run").stdout
    git(folder, "apply", "-", stdin=patch)
    return patch


def test_dry_run_is_one_diff_and_writes_nothing(stack: Path) -> None:
    before = contents(stack)
    done = hanna_fix(stack, "--dry-run")
    assert done.returncode == 0
    assert contents(stack) == before
    assert {one.path for one in PatchSet(done.stdout)} == {
        "docker-compose.yml",
        "nginx_proxy/nginx.conf",
    }
    git(stack, "apply", "--check", "-", stdin=done.stdout)


def test_second_run_is_silent(stack: Path) -> None:
    patched(stack)
    again = hanna_fix(stack, "--dry-run")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "nothing to fix\n")
    assert hanna_fix(stack, "check").returncode == 0


def test_nginx_changes_in_exactly_two_lines(stack: Path) -> None:
    before = (stack / "nginx_proxy/nginx.conf").read_text().split("\n")
    patched(stack)
    after = (stack / "nginx_proxy/nginx.conf").read_text().split("\n")
    changed = [(one, other) for one, other in zip(before, after, strict=True) if one != other]
    assert [other for _, other in changed] == [
        "resolver 127.0.0.11 valid=60s ipv6=off;",
        "resolver_timeout 10s;",
    ]
    assert after[-1] == "}"


def load(folder: Path) -> dict[str, Any]:
    """Return the model as the real Compose reads it, variables left as they are."""
    name = "docker-compose.exe" if os.name == "nt" else "docker-compose"
    compose = Path(sys.executable).parent / name
    command = [str(compose), "config", "--no-interpolate", "--format", "json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    model: dict[str, Any] = json.loads(done.stdout)
    return model


def routes(old: Any, new: Any, route: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in {**old, **new}:
            yield from routes(old.get(key), new.get(key), (*route, key))
    elif old != new:
        yield route


def test_compose_itself_sees_exactly_the_declared_changes(stack: Path) -> None:
    before = load(stack)
    patched(stack)
    after = load(stack)
    expected: set[tuple[str, ...]] = {("networks", "default", one) for one in ("name", "driver")}
    expected.add(("services", "migrate"))
    expected |= {("services", name, "healthcheck") for name in CHECKED}
    for name, service in before["services"].items():
        for target in service.get("depends_on", {}):
            expected.add(("services", name, "depends_on", target, "condition"))
    expected |= {("services", name, "depends_on", "migrate") for name in WAITING}
    assert set(routes(before, after)) == expected


def test_compose_model_is_the_documented_remedy(stack: Path) -> None:
    patched(stack)
    services = load(stack)["services"]
    tests = {name: services[name]["healthcheck"]["test"] for name in CHECKED}
    assert "$${POSTGRES_USER}" in tests["db"][1]
    assert "redis-cli ping" in tests["redis"][1]
    assert tests["backend"][:3] == ["CMD", "python", "-c"]
    assert "8000" in tests["backend"][3]
    assert "80" in tests["frontend"]
    assert tests["hanna-management-frontend"][:3] == ["CMD", "node", "-e"]
    assert "3000" in tests["hanna-management-frontend"][3]
    for name, service in services.items():
        for target, wait in service.get("depends_on", {}).items():
            healthy = "service_healthy" if target in CHECKED else "service_completed_successfully"
            assert wait["condition"] == healthy, (name, target)
    migrate, backend = services["migrate"], services["backend"]
    assert migrate["command"] == "python manage.py migrate --noinput"
    assert (migrate["restart"], set(migrate["depends_on"])) == ("no", {"db"})
    for key in ("build", "volumes", "environment", "env_file"):
        assert migrate.get(key) == backend.get(key)
    assert not {"ports", "container_name"} & set(migrate)


def test_all_other_bytes_stay(stack: Path) -> None:
    before = (stack / "docker-compose.yml").read_text()
    patch = patched(stack)
    after = (stack / "docker-compose.yml").read_text()
    removed = [line.value for line in _lines(patch, "docker-compose.yml") if line.is_removed]
    assert all(re.fullmatch(r" +- [a-z-]+\n", line) for line in removed)
    assert not Counter(re.findall(r"#.*", before)) - Counter(re.findall(r"#.*", after))
    folded = before[before.index("    command: >\n") :].split("    env_file")[0]
    assert folded in after
    assert after.index("  migrate:\n") > after.index("  backend:\n")
    assert after.index("  migrate:\n") < after.index("  frontend:\n")


def _lines(patch: str, path: str) -> Iterator[Any]:
    return (line for one in PatchSet(patch) if one.path == path for hunk in one for line in hunk)


def test_unstarted_script_does_not_count(stack: Path) -> None:
    assert "manage.py migrate" in (stack / "entrypoint.sh").read_text()
    report = hanna_fix(stack, "check", "--select", "migrations-never-run")
    assert report.returncode == 1
    assert "`python manage.py migrate` is commented out in docker-compose.yml" in report.stdout


def test_branch_leaves_a_dirty_work_tree_alone(stack: Path) -> None:
    patch = hanna_fix(stack, "--dry-run").stdout
    (stack / "redis.conf").write_text("requirepass other\n")
    (stack / "new.txt").write_text("untracked\n")
    (stack / ".env").write_text("DB_NAME='staged'\n")
    git(stack, "add", ".env")
    status = git(stack, "status", "--porcelain=v2", "--branch")
    before = contents(stack)
    done = hanna_fix(stack, "branch", "fix/hanna")
    assert done.returncode == 0, done.stderr
    assert git(stack, "status", "--porcelain=v2", "--branch") == status
    assert contents(stack) == before
    assert git(stack, "rev-list", "--count", "main..fix/hanna").strip() == "1"
    assert _body(git(stack, "diff", "main", "fix/hanna")) == _body(patch)
    message = git(stack, "log", "-1", "--format=%B", "fix/hanna")
    assert "resolver-mixed at nginx_proxy/nginx.conf" in message
    assert "migrations-never-run at docker-compose.yml" in message


def _body(patch: str) -> list[str]:
    """Return the changed lines of a diff; git adds index lines and hunk headings."""
    return [line for line in patch.split("\n") if re.match(r"[-+][^-+]|[-+]$", line)]


def test_branch_per_rule_is_a_valid_stack_at_every_commit(stack: Path) -> None:
    done = hanna_fix(stack, "branch", "steps", "--per-rule")
    assert done.returncode == 0, done.stderr
    commits = git(stack, "rev-list", "--reverse", "main..steps").split()
    titles = git(stack, "log", "--format=%s", "main..steps").split("\n")
    assert len(commits) == len(set(titles) - {""}) == 7
    for commit in commits:
        git(stack, "checkout", "-q", commit)
        load(stack)
    patch = hanna_fix(stack, "--dry-run")
    assert patch.stdout == ""


def test_apply_writes_what_the_diff_shows(stack: Path) -> None:
    patch = hanna_fix(stack, "diff").stdout
    assert hanna_fix(stack, "apply").returncode == 0
    assert _body(git(stack, "diff")) == _body(patch)
