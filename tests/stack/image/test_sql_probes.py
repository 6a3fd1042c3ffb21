from __future__ import annotations

from pathlib import Path

import pytest

from patcher.stack.image.healthcheck import probe_for
from patcher.stack.image.probes import ImageFacts, NoProbe, Probe

from .image_facts import built, facts
from .running import command_of, run, stub

ADMIN = "mariadb-admin ping -h 127.0.0.1 --skip-ssl"
OLD = "mysqladmin ping -h 127.0.0.1"


def asked(given: ImageFacts) -> tuple[str, int | None]:
    """Return the check's words after CMD or CMD-SHELL, and the port."""
    found = probe_for(given)
    assert isinstance(found, Probe), found
    return " ".join(found.test[1:]), found.port


def refused(given: ImageFacts) -> str:
    found = probe_for(given)
    assert isinstance(found, NoProbe), found
    assert found.by_hand
    return found.reason


@pytest.mark.parametrize(
    ("env", "words"),
    [
        (
            {"POSTGRES_USER": "u", "POSTGRES_DB": None},
            '-U "$${POSTGRES_USER}" -d "$${POSTGRES_DB}"',
        ),
        (
            {"POSTGRES_USER": "u"},
            '-U "$${POSTGRES_USER}" -d "$${POSTGRES_DB:-$${POSTGRES_USER}}"',
        ),
        (
            {"POSTGRES_DB": ""},
            '-U "$${POSTGRES_USER:-postgres}" -d "$${POSTGRES_DB:-$${POSTGRES_USER:-postgres}}"',
        ),
    ],
)
def test_postgres_reads_the_containers_variables(env: dict[str, str | None], words: str) -> None:
    expected = f"pg_isready -h 127.0.0.1 {words}"
    assert asked(facts("postgres:15-alpine", env=env)) == (expected, 5432)


@pytest.mark.parametrize("image", ["postgis/postgis:16-3.4", "pgvector/pgvector:pg16", "postgres"])
def test_its_kin(image: str) -> None:
    assert asked(facts(image))[0].startswith("pg_isready -h 127.0.0.1 -U ")


@pytest.mark.parametrize(
    ("command", "env", "port", "option"),
    [
        ("postgres -c fsync=off", {}, 5432, ""),
        ("postgres -p 5433", {}, 5433, " -p 5433"),
        ("postgres -c port=5434 -c listen_addresses=*", {}, 5434, " -p 5434"),
        ("docker-entrypoint.sh --port=5435", {}, 5435, " -p 5435"),
        ("", {"PGPORT": "5436"}, 5436, ""),
        ("postgres -p 5437", {"PGPORT": "5436"}, 5437, " -p 5437"),
    ],
)
def test_a_moved_postgres(command: str, env: dict[str, str], port: int, option: str) -> None:
    words, found = asked(facts("postgres:16", *command.split(), env=env))
    assert found == port
    assert words.startswith(f"pg_isready -h 127.0.0.1{option} -U ")


def test_a_postgres_settings_file() -> None:
    command = ("postgres", "-c", "config_file=/etc/postgresql.conf")
    reason = "its settings are in a file that is not in the project"
    assert refused(facts("postgres:16", *command)) == reason
    given = facts("postgres:16", *command, config="port = 5433\nlisten_addresses = '*'\n")
    assert asked(given)[1] == 5433
    closed = facts("postgres:16", *command, config="listen_addresses = ''\n")
    assert refused(closed) == "it does not listen on 127.0.0.1"


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("postgres -c listen_addresses=10.0.0.2", "it does not listen on 127.0.0.1"),
        (
            "postgres -p $PORT",
            "its port is switched off or set to something that is not known here",
        ),
        (
            "./backup.sh",
            "its command does not start the image's own server in a way that is known",
        ),
    ],
)
def test_postgres_is_refused(command: str, reason: str) -> None:
    assert refused(facts("postgres:16", *command.split())) == reason


def test_postgres_values_with_white_space_stay_one_word(tmp_path: Path) -> None:
    stub(tmp_path, "pg_isready", 'test "$#" = 6 && test "$4" = "a b" && test "$6" = "a b"')
    test = command_of(probe_for(facts("postgres:16", env={"POSTGRES_USER": "a b"})))
    assert run(test, tmp_path, {"POSTGRES_USER": "a b"}) == 0
    assert run(test, tmp_path, {"POSTGRES_USER": "other"}) == 1


def test_postgres_defaults_are_those_of_the_image(tmp_path: Path) -> None:
    stub(tmp_path, "pg_isready", 'test "$4/$6" = "$WANTED"')
    test = command_of(probe_for(facts("postgres:16")))
    assert run(test, tmp_path, {"WANTED": "postgres/postgres"}) == 0
    assert run(test, tmp_path, {"WANTED": "u/u", "POSTGRES_USER": "u"}) == 0
    assert run(test, tmp_path, {"WANTED": "postgres/d", "POSTGRES_DB": "d"}) == 0


def test_bitnami_postgres() -> None:
    words, port = asked(facts("bitnami/postgresql:16", env={"POSTGRESQL_PORT_NUMBER": "5433"}))
    assert '-p "$${POSTGRESQL_PORT_NUMBER:-5432}"' in words
    assert port == 5433


@pytest.mark.parametrize(
    ("image", "words"),
    [
        ("mysql:8.0", OLD),
        ("percona:8", OLD),
        ("percona/percona-server:8.0", OLD),
        ("mariadb:11.4", ADMIN),
        ("mariadb:12-noble", ADMIN),
        ("mariadb:lts", ADMIN),
        ("mariadb", ADMIN),
        ("mariadb:10.6.4-focal", ADMIN),
        ("mariadb:10.1", OLD),
        ("mariadb:10-focal", OLD),
        ("mariadb:10.4", f"{ADMIN} || {OLD}"),
        ("mariadb:${V}", f"{ADMIN} || {OLD}"),
        ("mariadb@sha256:01", f"{ADMIN} || {OLD}"),
    ],
)
def test_the_client_that_the_version_has(image: str, words: str) -> None:
    assert asked(facts(image)) == (words, 3306)


@pytest.mark.parametrize(
    ("command", "config", "env", "port", "option"),
    [
        ("--default-authentication-plugin=mysql_native_password", None, {}, 3306, ""),
        ("mysqld --port=3307", None, {}, 3307, " -P 3307"),
        ("mysqld -P3307", None, {}, 3307, " -P 3307"),
        ("", "[client]\nport=1\n[mysqld]\nport=3308\n", {}, 3308, " -P 3308"),
        ("mysqld --defaults-file=/my.cnf", "[mysqld]\n", {}, 3306, ""),
        ("", None, {"MYSQL_TCP_PORT": "3309"}, 3309, ""),
        ("mysqld --bind-address=0.0.0.0", None, {}, 3306, ""),
    ],
)
def test_a_moved_mysql(
    command: str, config: str | None, env: dict[str, str], port: int, option: str
) -> None:
    given = facts("mysql:8", *command.split(), config=config, env=env)
    assert asked(given) == (OLD + option, port)


@pytest.mark.parametrize(
    ("command", "config"),
    [
        ("mysqld --defaults-file=/my.cnf", None),
        ("mysqld --skip-networking", None),
        ("", "[mysqld]\nskip-networking\n"),
        ("mysqld --bind-address=10.0.0.2", None),
        ("mysqldump --all-databases", None),
    ],
)
def test_mysql_is_refused(command: str, config: str | None) -> None:
    assert refused(facts("mysql:8", *command.split(), config=config))


def test_both_clients_of_mariadb(tmp_path: Path) -> None:
    test = command_of(probe_for(facts("mariadb:${V}")))
    for name in ("mariadb-admin", "mysqladmin"):  # the machine may have them
        stub(tmp_path, name, "exit 127")
    assert run(test, tmp_path) == 127
    stub(tmp_path, "mysqladmin", "exit 0")
    assert run(test, tmp_path) == 0
    stub(tmp_path, "mysqladmin", "exit 1")
    assert run(test, tmp_path) == 1
    stub(tmp_path, "mariadb-admin", "exit 0")
    assert run(test, tmp_path) == 0


def test_bitnami_mysql_and_mariadb() -> None:
    words, port = asked(facts("bitnami/mysql:8.4"))
    assert (words, port) == (f'{OLD} -P "$${{MYSQL_PORT_NUMBER:-3306}}"', 3306)
    variable = '-P "$${MARIADB_PORT_NUMBER:-3306}"'
    words, _ = asked(facts("bitnamilegacy/mariadb:11"))
    assert words == f"{ADMIN} {variable} || {OLD} {variable}"


def test_a_build_from_a_database_image() -> None:
    stage = built("postgres:16", cmd=("postgres", "-c", "port=5433"))
    given = facts("postgres:16", "postgres", "-c", "port=5433", stage=stage)
    assert asked(given)[1] == 5433
