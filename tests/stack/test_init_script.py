"""The script for a fresh deployment, run by a real shell with a stand-in for Compose."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from patcher.stack.init_script import can_be_asked, init_script
from patcher.stack.migrate.by_hand import migrated_apps
from patcher.text import Source
from tests.stacks import stack_of

DOCKERFILE = 'FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nCMD ["gunicorn", "shop.wsgi"]\n'
MANAGE = "import django.core.management\n"
# keeps the number of tables in a file; the database answers at the third time
COMPOSE = """\
#!/bin/sh
echo "$*" >> log
[ "$1" != compose ] || shift
case "$*" in
  version) exit {found} ;;
  *pg_isready*|*ping*) echo x >> asked; [ "$(wc -l < asked)" -ge 3 ] ;;
  exec*) cat > query; cat tables ;;
  *migrate*) echo {after} > tables ;;
esac
"""


def script(image: str = "postgres:16", compose: str = "") -> str:
    text = (
        "services:\n"
        "  web:\n"
        "    build: ./web\n"
        "    depends_on: [my-db]\n"
        "  my-db:\n"
        f"    image: {image}\n{compose}"
    )
    files = {"compose.yaml": text, "web/Dockerfile": DOCKERFILE, "web/manage.py": MANAGE}
    stack = stack_of({path: Source(path, body) for path, body in files.items()})
    found = list(migrated_apps(stack))
    assert [one.main.name for one in found] == ["web"]
    assert can_be_asked(stack, "my-db")
    return init_script(stack, found)


@dataclass
class Deployment:
    folder: Path

    def run(
        self, *arguments: str, tables: int = 0, after: int = 32, program: str = "docker"
    ) -> subprocess.CompletedProcess[str]:
        (self.folder / "init.sh").write_text(script())
        (self.folder / "tables").write_text(f"{tables}\n")
        programs = self.folder / "bin"
        programs.mkdir(exist_ok=True)
        for name in ("docker", "docker-compose"):
            found = int(name != program)
            (programs / name).write_text(COMPOSE.format(found=found, after=after))
            (programs / name).chmod(0o755)
        (programs / "sleep").write_text("#!/bin/sh\n")
        (programs / "sleep").chmod(0o755)
        return subprocess.run(
            ["sh", str(self.folder / "init.sh"), *arguments],
            cwd="/",
            env={"PATH": f"{programs}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def calls(self) -> list[str]:
        return (self.folder / "log").read_text().splitlines()


@pytest.fixture
def deployment(tmp_path: Path) -> Deployment:
    return Deployment(tmp_path)


MIGRATE = "run --rm -T web python manage.py migrate --noinput"


def test_it_starts_waits_migrates_and_verifies(deployment: Deployment) -> None:
    done = deployment.run()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "Starting my-db",
        "Migrating: web python manage.py migrate --noinput",
        "Done: my-db has 32 tables",
    ]
    calls = [one for one in deployment.calls if "exec" not in one]
    assert calls == ["compose version", "compose up -d my-db", f"compose {MIGRATE}"]
    assert sum("pg_isready" in one for one in deployment.calls) == 3
    assert (deployment.folder / "query").read_text().startswith("select count(*) from pg_class")


def test_a_second_run_is_refused(deployment: Deployment) -> None:
    done = deployment.run(tables=32)
    assert done.returncode == 1
    assert "my-db has 32 tables already, so nothing was done; --force migrates" in done.stderr
    assert not any("migrate" in one for one in deployment.calls)


def test_force_migrates_all_the_same(deployment: Deployment) -> None:
    assert deployment.run("--force", tables=32).returncode == 0
    assert f"compose {MIGRATE}" in deployment.calls


def test_no_tables_after_migrating_is_a_failure(deployment: Deployment) -> None:
    done = deployment.run(after=0)
    assert done.returncode == 1
    assert done.stderr.endswith("my-db has no tables after migrating\n")


def test_an_unknown_argument_is_refused(deployment: Deployment) -> None:
    done = deployment.run("--forse")
    assert done.returncode == 2
    assert "usage: " in done.stderr
    assert not (deployment.folder / "log").exists()


def test_the_older_program_does(deployment: Deployment) -> None:
    done = deployment.run(program="docker-compose")
    assert done.returncode == 0
    assert MIGRATE in deployment.calls


@pytest.mark.parametrize(
    ("image", "client"),
    [("mysql:8.4", "mysql -u root -N"), ("mariadb:11", "command -v mariadb || command -v mysql")],
)
def test_other_servers_are_asked_with_their_own_clients(image: str, client: str) -> None:
    text = script(image)
    assert client in text
    assert "information_schema.tables" in text


@pytest.mark.parametrize("image", ["postgres:16", "mysql:8.4", "mariadb:11"])
def test_a_shell_takes_it(image: str) -> None:
    done = subprocess.run(["sh", "-n"], input=script(image), text=True, check=False)
    assert done.returncode == 0
