"""The scripts that ask a database, run by a real shell with stand-ins for the clients."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from patcher.diagnose import tables

_CLIENT = '#!/bin/sh\nfor word; do echo "$word"; done\nenv\n'


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("cat", "env"):
        (folder / name).symlink_to(shutil.which(name) or name)
    for name in ("psql", "mysql"):
        (folder / name).write_text(_CLIENT)
        (folder / name).chmod(0o755)
    return folder


def run(family: str, programs: Path, **environment: str) -> list[str]:
    """Return the client's arguments and its environment, a line each."""
    command = ["/bin/sh", "-c", tables._SCRIPTS[family]]
    done = subprocess.run(
        command,
        env={"PATH": str(programs), **environment},
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout.splitlines()


def argument(lines: list[str], option: str) -> str:
    return lines[lines.index(option) + 1]


def test_postgres_by_its_environment(programs: Path) -> None:
    given = {"POSTGRES_USER": "crm user", "POSTGRES_DB": "crm", "POSTGRES_PASSWORD": "s3cret"}
    lines = run("postgres", programs, **given)
    assert (argument(lines, "-U"), argument(lines, "-d")) == ("crm user", "crm")
    assert "PGPASSWORD=s3cret" in lines
    options = next(line for line in lines if line.startswith("PGOPTIONS="))
    assert "default_transaction_read_only=on" in options
    assert "s3cret" not in lines[: lines.index("-c")]
    assert argument(lines, "-c").startswith("SELECT tablename FROM pg_catalog.pg_tables WHERE")


def test_postgres_by_default_and_by_secrets(programs: Path, tmp_path: Path) -> None:
    lines = run("postgres", programs)
    assert (argument(lines, "-U"), argument(lines, "-d")) == ("postgres", "postgres")
    (tmp_path / "user").write_text("crm\n")
    (tmp_path / "password").write_text("s3cret\n")
    files = {"POSTGRES_USER_FILE": "user", "POSTGRES_PASSWORD_FILE": "password"}
    paths = {name: str(tmp_path / file) for name, file in files.items()}
    lines = run("postgres", programs, **paths)
    assert (argument(lines, "-U"), argument(lines, "-d")) == ("crm", "crm")
    assert "PGPASSWORD=s3cret" in lines


def test_mysql_by_its_environment(programs: Path) -> None:
    lines = run("mysql", programs, MYSQL_ROOT_PASSWORD="s3cret")
    assert argument(lines, "-u") == "root"
    assert "MYSQL_PWD=s3cret" in lines
    assert argument(lines, "-e").startswith("SET SESSION TRANSACTION READ ONLY; SELECT table_name")


def test_mariadb_is_preferred(programs: Path) -> None:
    (programs / "mariadb").write_text('#!/bin/sh\necho mariadb "$MYSQL_PWD"\n')
    (programs / "mariadb").chmod(0o755)
    assert run("mariadb", programs, MARIADB_ROOT_PASSWORD="s3cret") == ["mariadb s3cret"]
