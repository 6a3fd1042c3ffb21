"""What runs at present, and what it adds to the diagnosis."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from patcher.__main__ import main
from patcher.diagnose.docker import NoAnswer
from patcher.diagnose.live import containers
from patcher.diagnose.tables import tables
from tests.diagnose.stand_in import StandIn, container
from tests.logs import LOGS
from tests.stacks import FIXTURES

HANNA = FIXTURES / "stacks" / "hanna" / "before"
LOG = LOGS / "hanna" / "error.log"
PASSWORD = "hunter2"


def told(capfd: pytest.CaptureFixture[str], *more: str) -> tuple[str, str]:
    assert main(["diagnose", str(LOG), "-C", str(HANNA), "--live", *more]) == 1
    out, err = capfd.readouterr()
    return out, err


def test_containers_are_read_without_their_environment(docker: StandIn) -> None:
    one_off = container("backend", labels={"com.docker.compose.oneoff": "True"})
    state = {"status": "exited", "exit": 137, "oom": True, "restarts": 4, "health": "unhealthy"}
    docker.containers([container("db"), one_off, container("api", **state)])
    api, db = containers("shop")
    assert (api.service, db.service) == ("api", "db")
    assert api.state == "exited, exit code 137, out of memory, restarted 4 times, unhealthy"
    assert (db.is_running, db.state, db.started) == (True, "running", "2025-11-21T09:00:00")
    assert db.networks == {"stack_default": "172.20.0.9"}
    ps, inspect = docker.asked
    assert ps[0] == "ps"
    assert "label=com.docker.compose.project=shop" in ps
    form = inspect[inspect.index("--format") + 1]
    assert "Env" not in form
    assert "json ." not in form.replace("json .ID", "").replace("json .State.", "").replace(
        "json .RestartCount", ""
    ).replace("json .NetworkSettings.Networks", "").replace("json .Config.Labels", "")


@pytest.mark.parametrize("line", ["not json", "[]", '{"labels": null}', '{"labels": {}}', "1"])
def test_an_answer_that_is_not_understood(line: str, docker: StandIn) -> None:
    docker.answer(ps={"out": "abc\n"}, inspect={"out": f"{line}\n"})
    with pytest.raises(NoAnswer, match="did not print what was asked for"):
        containers("shop")


def test_a_stopped_container_is_the_likeliest_cause(
    docker: StandIn, capfd: pytest.CaptureFixture[str]
) -> None:
    docker.containers([container("backend", status="restarting", exit=1, restarts=12)])
    out, err = told(capfd)
    assert err == ""
    first = out.split("\n\n")[0]
    assert "    now: `backend` is restarting, exit code 1, restarted 12 times\n" in first
    assert (
        "    most likely: the container of `backend` does not run at present: it is restarting, "
        "exit code 1, restarted 12 times\n"
    ) in first
    assert "    also possible: nginx asks 4 name servers in turn" in first
    assert "`frontend` has no container" in out


def test_an_address_that_another_container_has_now(
    docker: StandIn, capfd: pytest.CaptureFixture[str]
) -> None:
    frontend = container("frontend", networks={"other": {"IPAddress": "172.21.0.5"}})
    docker.containers([frontend, container("nginx"), container("backend")])
    out, _ = told(capfd)
    refused = next(block for block in out.split("\n\n") if "refused the connection" in block)
    assert "    service: `backend` (docker-compose.yml:27:3)\n" in refused
    assert "    now: 172.21.0.5 is an address of `frontend`\n" in refused
    assert "    most likely: nginx kept an old address of `backend`" in refused
    other = next(block for block in out.split("\n\n") if "`frontend` could not be" in block)
    assert "    now: its container shares no network with that of `nginx`\n" in other
    own = container("backend", networks={"stack_default": {"IPAddress": "172.21.0.5"}})
    docker.containers([own])
    assert "kept an old address" not in told(capfd)[0]
    docker.containers([container("backend")])
    out, _ = told(capfd)
    assert "    now: no container of the project has 172.21.0.5\n" in out
    assert "kept an old address" not in out


def test_a_database_without_tables(docker: StandIn, capfd: pytest.CaptureFixture[str]) -> None:
    docker.containers([container("db"), container("backend")])
    docker.answer(exec={"out": ""})
    out, _ = told(capfd)
    assert "database `db` has no tables, as far as its environment names the database: " in out
    assert "no migration has run\n    rule: migrations-never-run at docker-compose.yml:34" in out
    command = docker.asked[-1]
    assert command[:4] == ["exec", "id-of-db", "sh", "-c"]
    assert "default_transaction_read_only=on" in command[4]
    docker.answer(exec={"out": "auth_user\ndjango_migrations\n"})
    out, _ = told(capfd)
    assert "database `db` has 2 tables; table of migrations: django_migrations\n" in out
    docker.answer(exec={"err": 'psql: FATAL: role "x" does not exist\n', "status": 2})
    assert 'could not be asked: psql: FATAL: role "x" does not exist\n' in told(capfd)[0]
    document = json.loads(told(capfd, "--format", "json")[0])
    (database,) = document["databases"]
    assert database["tables"] is None
    assert database["problem"].startswith("psql")
    assert "Database `db` could not be asked" in told(capfd, "--format", "markdown")[0]


def test_mysql_is_asked_with_the_client_that_is_there(docker: StandIn) -> None:
    docker.containers([container("db")])
    docker.answer(exec={"out": "users\nmigrations\n"})
    (db,) = containers("shop")
    found = tables(db, "mariadb")
    assert (found.count, found.migrations) == (2, ("migrations",))
    assert "READ ONLY" in docker.asked[-1][-1]


def test_no_password_is_seen(
    docker: StandIn, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTGRES_PASSWORD", PASSWORD)
    docker.containers([container("db"), container("backend")])
    docker.answer(exec={"out": "django_migrations\n"})
    out, err = told(capfd)
    assert PASSWORD not in "".join([out, err, *(word for call in docker.asked for word in call)])


def test_without_docker_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    out, err = told(capfd)
    assert err == (
        "hanna-fix: --live: there is no program called docker; the rest goes on without it\n"
    )
    assert out == (LOGS / "hanna" / "report.txt").read_text(encoding="utf-8")


def test_without_a_stack_there_is_nobody_to_ask_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COMPOSE_FILE", raising=False)
    assert main(["diagnose", str(LOG), "--live", "-q"]) == 1
    assert "--live: there is no compose file" in capfd.readouterr().err


def test_only_reading_commands_are_used(docker: StandIn, capfd: pytest.CaptureFixture[str]) -> None:
    docker.containers([container("db"), container("backend"), container("nginx")])
    docker.answer(exec={"out": "x\n"})
    told(capfd)
    assert {call[0] for call in docker.asked} == {"ps", "inspect", "exec"}
