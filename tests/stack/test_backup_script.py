"""The backup script, run by a real shell with stand-ins for the dump programs and for time."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from patcher.stack.backup_script import FAMILIES, FOLDER, Server, script

POSTGRES = Server("postgres", "db", None, {"POSTGRES_PASSWORD"})
MARIADB = Server("mariadb", "db", 3307, {"MARIADB_ROOT_PASSWORD_FILE"})
MONGO = Server("mongo", "db", None, {"MONGO_INITDB_ROOT_USERNAME"})
# writes what it is called with, and a dump to the file that its options name
DUMP = """\
#!/bin/sh
echo "$(basename "$0") $*" >> {log}
for word; do case "$word" in --*=*.part) file=${{word#*=}} ;; *.part) file=$word ;; esac; done
echo "half a dump" > "$file"
exit {status}
"""


@dataclass
class Container:
    """A directory with programs of its own; the first `sleep` ends the endless loop."""

    folder: Path

    def program(self, name: str, text: str) -> None:
        path = self.folder / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def run(
        self, server: Server, *, status: int = 0, variables: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run the script until it sleeps; `status` is how a dump ends."""
        backups = self.folder / "backups"
        backups.mkdir(exist_ok=True)
        for name in ("pg_dumpall", "mysqldump", "mariadb-dump", "mongodump"):
            self.program(name, DUMP.format(log=self.folder / "log", status=status))
        self.program("sleep", '#!/bin/sh\necho "sleeps $1"\nkill -9 $PPID\n')
        text = script(server, 86_400, 7).replace("$$", "$").replace(FOLDER, str(backups))
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        return subprocess.run(
            ["sh", "-euc", text],
            env={"PATH": path, **(variables or {})},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def dumps(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "backups").iterdir())

    @property
    def calls(self) -> str:
        return (self.folder / "log").read_text()


@pytest.fixture
def container(tmp_path: Path) -> Container:
    return Container(tmp_path)


@pytest.mark.parametrize("server", [POSTGRES, MARIADB, MONGO], ids=lambda one: one.family)
def test_a_complete_dump_gets_a_name_of_its_own(container: Container, server: Server) -> None:
    secret = container.folder / "secret"
    secret.write_text("s3cret")
    variables = {"MARIADB_ROOT_PASSWORD_FILE": str(secret)}
    done = container.run(server, variables=variables)
    (name,) = container.dumps
    assert name.startswith("db-20")
    assert name.endswith("Z.archive.gz" if server is MONGO else "Z.sql.gz")
    assert done.stdout.endswith(f"{name}\nsleeps 86400\n")


@pytest.mark.parametrize("server", [POSTGRES, MARIADB, MONGO], ids=lambda one: one.family)
def test_a_failed_dump_replaces_and_removes_nothing(container: Container, server: Server) -> None:
    old = container.folder / "backups" / "db-20200101T000000Z.sql.gz"
    old.parent.mkdir()
    old.write_text("good")
    os.utime(old, (0, 0))
    secret = container.folder / "secret"
    secret.write_text("s3cret")
    done = container.run(server, status=1, variables={"MARIADB_ROOT_PASSWORD_FILE": str(secret)})
    assert container.dumps == [old.name]
    assert old.read_text() == "good"
    assert "the dump failed" in done.stderr
    assert done.stdout == "sleeps 300\n"


def test_old_dumps_go_after_a_new_one_is_there(container: Container) -> None:
    backups = container.folder / "backups"
    backups.mkdir()
    for name in ("db-old.sql.gz", "other-old.sql.gz", "db-old.txt"):
        (backups / name).write_text("old")
        os.utime(backups / name, (0, 0))
    (backups / "db-new.sql.gz").write_text("new")
    container.run(POSTGRES)
    left = [name for name in container.dumps if not name.startswith("db-20")]
    assert left == ["db-new.sql.gz", "db-old.txt", "other-old.sql.gz"]


def test_no_password_stands_on_a_command_line(container: Container) -> None:
    secret = container.folder / "secret"
    secret.write_text("s3cret")
    variables = {
        "POSTGRES_PASSWORD": "s3cret",
        "MARIADB_ROOT_PASSWORD_FILE": str(secret),
        "MONGO_INITDB_ROOT_USERNAME": "admin",
        "MONGO_INITDB_ROOT_PASSWORD": "s3cret",
    }
    for server in (POSTGRES, MARIADB, MONGO):
        container.run(server, variables=variables)
    assert "s3cret" not in container.calls
    assert "pg_dumpall -h db -U postgres" in container.calls
    assert "mariadb-dump --skip-ssl -h db -P 3307 -u root" in container.calls
    assert "mongodump --host=db --gzip" in container.calls
    assert "-u admin" in container.calls


def test_mongo_reads_any_password_from_its_file(container: Container) -> None:
    shown = container.folder / "shown"
    container.program("mktemp", f"#!/bin/sh\necho {shown}\n")
    variables = {"MONGO_INITDB_ROOT_USERNAME": "a", "MONGO_INITDB_ROOT_PASSWORD": r'q"u\o$te'}
    container.run(MONGO, variables=variables)
    assert shown.read_text() == 'password: "q\\"u\\\\o$te"\n'
    assert shown.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_compose_sees_every_dollar_doubled(family: str) -> None:
    text = script(Server(family, "db", None, {"MONGO_INITDB_ROOT_USERNAME"}), 60, 1)
    assert text.count("$") == 2 * text.count("$$")
    assert text.endswith("done\n")
    assert "sleep 60" in text
    assert "-mtime +0" in text
