"""The incident report, point by point: each of its alternatives alone, and everything at once.

Every test starts from the clean stack of the incident, our replica and the real one where it is at
hand, and puts what comes out to the real Compose and the real nginx.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from patcher.__main__ import main
from patcher.prove.compose_model import differences
from tests.real_compose import needs_compose, run
from tests.stacks import INCIDENTS, REAL, REPLICA, ROOT, SHARED, stack_of
from tests.test_real_compose import model
from tests.test_real_nginx import judged
from tests.test_real_upstreams import on_this_machine
from tests.variants import Sources, read_tree

COMPOSE, NGINX = "docker-compose.yml", "nginx_proxy/nginx.conf"
USERS = ("backend", "celery_io_worker", "celery_cpu_worker", "celery_beat", "email_idle_fetcher")

PAGE = ROOT / "docs" / "incident-report.md"
COMMANDS = sorted(
    set(re.findall(r"`hanna-fix ((?:apply|check) --[^`]+)`", PAGE.read_text(encoding="utf-8")))
)
SILENT = {"check --select unreachable-upstream", "check --select database-not-persisted"}
"""The report is right there: nginx shares a network with all, and the volume is stable."""

pytestmark = needs_compose


@pytest.fixture(params=INCIDENTS)
def stack(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    folder = tmp_path / "stack"
    shutil.copytree(request.param, folder)
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


def applied(folder: Path, *arguments: str) -> set[str]:
    """Apply fixes, see that a second run is silent, and return the files that changed."""
    before = read_tree(folder)
    assert main(["apply", "-C", str(folder), "--exit-code", "--quiet", *arguments]) == 0
    after = read_tree(folder)
    assert main(["apply", "-C", str(folder), "--exit-code", "--quiet", *arguments]) == 0
    assert read_tree(folder) == after
    return {path for path in after if after[path] != before.get(path)}


@pytest.mark.skipif(not REAL.is_dir(), reason="the report is not at hand")
def test_the_page_has_every_recommendation() -> None:
    """What the report sets in bold under its solutions, actions and recommendations."""
    report = (SHARED / "incident" / "REPORT.md").read_text(encoding="utf-8")
    told = report.split("## Solutions")[1].split("## Why My Analysis")[0]
    heads = re.findall(r"\*\*(?:Option \w: )?([A-Z][^*]+?):?\*\*", told)
    assert len(heads) == 16
    warnings = re.findall(r"(?m)^- (.+)$", told)
    assert len(warnings) == 3
    page = PAGE.read_text(encoding="utf-8")
    assert [one for one in (*heads, *warnings) if one not in page] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_page_has_something_to_do(command: str, tmp_path: Path) -> None:
    folder = tmp_path / "stack"
    shutil.copytree(REPLICA, folder)
    if "variable-upstream" in command:
        (folder / ".hanna-fix.toml").write_text('upstreams = "direct"\n')
    if "migrations-inline" in command:
        path = folder / COMPOSE
        path.write_text(path.read_text().replace('"# python manage.py', '"python manage.py'))
    before = read_tree(folder)
    status = main([*shlex.split(command), "-C", str(folder)])
    if command.startswith("apply"):
        assert status == 0
        assert read_tree(folder) != before
    else:
        assert status == (command not in SILENT)


def taken_by_nginx(sources: Sources, root: Path) -> None:
    assert judged(sources, "nginx", root) == ""


def waits(services: dict[str, Any], name: str) -> dict[str, str]:
    found = services[name].get("depends_on", {})
    return {target: wait["condition"] for target, wait in found.items()}


def test_explicit_network_only(stack: Path) -> None:
    before = model(stack)
    assert applied(stack, "--select", "implicit-network") == {COMPOSE}
    after = model(stack)
    assert set(differences(before, after)) == {
        ("networks", "default", "name"),
        ("networks", "default", "driver"),
    }
    assert after["networks"]["default"]["name"] == "hanna_network"
    assert {tuple(one["networks"]) for one in after["services"].values()} == {("default",)}


def test_resolver_only(stack: Path, tmp_path: Path) -> None:
    before = read_tree(stack)[NGINX].text.split("\n")
    rules = "resolver-mixed,resolver-cache,resolver-timeout"
    assert applied(stack, "--select", rules) == {NGINX}
    after = read_tree(stack)[NGINX].text.split("\n")
    changed = [new for old, new in zip(before, after, strict=True) if new != old]
    assert changed == ["resolver 127.0.0.11 valid=60s ipv6=off;", "resolver_timeout 10s;"]
    taken_by_nginx(read_tree(stack), tmp_path / "nginx")


def test_names_used_directly(stack: Path, tmp_path: Path) -> None:
    (stack / ".hanna-fix.toml").write_text('upstreams = "direct"\n')
    assert applied(stack, "--select", "variable-upstream", "--unsafe") == {NGINX}
    text = read_tree(stack)[NGINX].text
    assert "_upstream" not in text
    assert set(re.findall(r"proxy_pass (.*);", text)) == {
        "http://backend:8000",
        "http://frontend:80",
        "http://hanna-management-frontend:3000",
    }
    assert not any(one.at_run_time for one in stack_of(read_tree(stack)).upstreams)
    taken_by_nginx(on_this_machine(read_tree(stack)), tmp_path / "nginx")


def test_manual_migration_with_its_document_and_script(stack: Path) -> None:
    before = model(stack)
    rules = "undocumented-migrations,missing-init-script"
    new = {"DEPLOYMENT.md", "init-deployment.sh"}
    assert applied(stack, "--select", rules, "--unsafe") == new
    assert model(stack) == before
    command = "run --rm backend python manage.py migrate --noinput"
    assert f"docker compose {command}" in (stack / "DEPLOYMENT.md").read_text()
    script = stack / "init-deployment.sh"
    assert command.replace("--rm", "--rm -T") in script.read_text()
    assert script.stat().st_mode & 0o111
    subprocess.run(["sh", "-n", script], check=True)


def test_inline_migration_turned_into_the_one_shot_job(stack: Path) -> None:
    """The report's Option B, the comment sign removed, and then its separate migration job."""
    path = stack / COMPOSE
    path.write_text(path.read_text().replace('"# python manage.py', '"python manage.py'))
    before = model(stack)["services"]["backend"]["command"]
    assert before.startswith('sh -c "python manage.py migrate &&')
    rules = "missing-healthcheck,migrations-inline"
    assert applied(stack, "--select", rules, "--unsafe") == {COMPOSE}
    services = model(stack)["services"]
    server = before.split("&&")[1].strip()
    assert services["backend"]["command"].strip() == f'sh -c "{server}'
    assert_is_migrated_once(services)


def assert_is_migrated_once(services: dict[str, Any]) -> None:
    job = services["migrate"]
    assert job["command"] == "python manage.py migrate --noinput"
    assert (job["restart"], waits(services, "migrate")) == ("no", {"db": "service_healthy"})
    for name in USERS:
        assert waits(services, name)["migrate"] == "service_completed_successfully"
        assert waits(services, name)["db"] == "service_healthy"


def test_backups_added(stack: Path) -> None:
    before = model(stack)
    assert applied(stack, "--select", "no-database-backup", "--unsafe") == {COMPOSE}
    after = model(stack)
    assert set(differences(before, after)) == {
        ("services", "db", "healthcheck"),
        ("services", "db-backup"),
        ("volumes", "db_backups"),
    }
    backup = after["services"]["db-backup"]
    assert backup["image"] == after["services"]["db"]["image"]
    assert backup["environment"] == after["services"]["db"]["environment"]
    assert waits(after["services"], "db-backup") == {"db": "service_healthy"}
    subprocess.run(["sh", "-n"], input=backup["entrypoint"][2], text=True, check=True)


def test_everything_at_once(stack: Path, tmp_path: Path) -> None:
    before = model(stack)
    new = {COMPOSE, NGINX, "DEPLOYMENT.md", "init-deployment.sh"}
    assert applied(stack, "--select", "ALL", "--unsafe") == new
    assert run(stack, "config", "-q").returncode == 0
    after = model(stack)
    services = after["services"]
    assert {name for name in services if name not in before["services"]} == {"migrate", "db-backup"}
    assert_is_migrated_once(services)
    checked = {name for name, one in services.items() if "healthcheck" in one}
    proxied = {"backend", "frontend", "hanna-management-frontend"}
    assert checked == {"db", "redis", "nginx", *proxied}
    for name in services:
        for target, condition in waits(services, name).items():
            ends = "service_completed_successfully"
            assert condition == ("service_healthy" if target in checked else ends), (name, target)
    assert "getent hosts" in services["nginx"]["healthcheck"]["test"][1]
    assert after["networks"]["default"]["name"] == "hanna_network"
    for name, service in before["services"].items():
        kept = {key: services[name][key] for key in service if key != "depends_on"}
        assert kept == {key: value for key, value in service.items() if key != "depends_on"}
    taken_by_nginx(read_tree(stack), tmp_path / "nginx")
