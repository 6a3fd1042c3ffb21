from __future__ import annotations

from pathlib import Path

import pytest

from patcher.stack.image.healthcheck import probe_for
from patcher.stack.image.probes import ImageFacts, NoProbe, Probe

from .image_facts import facts
from .running import command_of, run, stub

ALIVE = "2>&1 | grep -qE 'PONG|NOAUTH|NOPERM'"
PING = "--quiet --eval \"db.adminCommand('ping')\""


def asked(given: ImageFacts) -> str:
    found = probe_for(given)
    assert isinstance(found, Probe), found
    return " ".join(found.test[1:])


def refused(given: ImageFacts) -> str:
    found = probe_for(given)
    assert isinstance(found, NoProbe), found
    return found.reason


@pytest.mark.parametrize(
    ("answer", "status", "healthy"),
    [
        ("PONG", 0, True),
        ("NOAUTH Authentication required.", 0, True),
        ("(error) NOAUTH Authentication required.", 1, True),
        ("NOPERM this user has no permissions to run the 'ping' command", 0, True),
        ("LOADING Redis is loading the dataset in memory", 0, False),
        ("Could not connect to Redis at 127.0.0.1:6379: Connection refused", 1, False),
        ("", 0, False),
    ],
)
def test_what_counts_as_alive(tmp_path: Path, answer: str, status: int, healthy: bool) -> None:
    stub(tmp_path, "redis-cli", f'test "$1" = ping || exit 9\necho "{answer}"\nexit {status}')
    assert (run(command_of(probe_for(facts("redis:7-alpine"))), tmp_path) == 0) is healthy


def test_an_answer_on_standard_error_counts(tmp_path: Path) -> None:
    stub(tmp_path, "redis-cli", "echo NOAUTH >&2")
    assert run(command_of(probe_for(facts("redis:7"))), tmp_path) == 0


@pytest.mark.parametrize(
    ("image", "command", "words"),
    [
        ("redis", "", "redis-cli ping"),
        ("redis:7", "redis-server --requirepass $PW --save 900 1", "redis-cli ping"),
        ("redis:7", "--appendonly yes", "redis-cli ping"),
        ("redis:7", "redis-server --port 6380", "redis-cli -p 6380 ping"),
        ("redis:7", "redis-server --bind 0.0.0.0 -::", "redis-cli ping"),
        ("valkey/valkey:8", "valkey-server --port 6381", "valkey-cli -p 6381 ping"),
        ("eqalpha/keydb", "", "keydb-cli ping"),
    ],
)
def test_redis_and_its_kin(image: str, command: str, words: str) -> None:
    assert asked(facts(image, *command.split())) == f"{words} {ALIVE}"


def test_a_redis_settings_file() -> None:
    command = ("redis-server", "/usr/local/etc/redis/redis.conf")
    assert refused(facts("redis:7", *command)) == (
        "its settings are in a file that is not in the project"
    )
    given = facts("redis:7", *command, config="requirepass secret\nport 6380\n")
    assert asked(given) == f"redis-cli -p 6380 ping {ALIVE}"
    strong = facts("redis:7", *command, "--port", "6381", config="port 6380\n")
    assert asked(strong) == f"redis-cli -p 6381 ping {ALIVE}"
    sentinel = facts("redis:7", "redis-sentinel", "/sentinel.conf", config="dir /tmp\n")
    assert asked(sentinel) == f"redis-cli -p 26379 ping {ALIVE}"


@pytest.mark.parametrize(
    ("command", "config"),
    [
        ("redis-server --port 0 --tls-port 6379", None),
        ("redis-server /r.conf", "port 0\ntls-port 6379\n"),
        ("redis-server /r.conf", "bind 10.0.0.2\n"),
        ("redis-server --port $P", None),
        ("/bin/sh /redis-conf.sh", None),
    ],
)
def test_redis_is_refused(command: str, config: str | None) -> None:
    assert refused(facts("redis:7", *command.split(), config=config))


def test_an_included_file_may_move_the_port() -> None:
    given = facts("redis:7", "redis-server", "/r.conf", config="include /more.conf\n")
    assert refused(given) == "its settings are in a file that is not in the project"


def test_bitnami_redis() -> None:
    words = f'redis-cli -p "$${{REDIS_PORT_NUMBER:-6379}}" ping {ALIVE}'
    assert asked(facts("bitnami/redis:7.2")) == words
    assert refused(facts("bitnami/redis:7.2", env={"REDIS_TLS_ENABLED": "yes"}))


@pytest.mark.parametrize(
    ("tag", "shells"),
    [
        ("7.0", ["mongosh"]),
        ("latest", ["mongosh"]),
        ("5.0", ["mongosh", "mongo"]),
        ("4.4", ["mongo"]),
        ("3", ["mongo"]),
        ("${V}", ["mongosh", "mongo"]),
    ],
)
def test_the_shell_that_a_mongo_version_has(tag: str, shells: list[str]) -> None:
    rest = f'--host "$${{HOSTNAME}}" --port 27017 {PING}'
    words = " || ".join(f"{shell} {rest}" for shell in shells)
    assert asked(facts(f"mongo:{tag}")) == words


@pytest.mark.parametrize(
    ("given", "address"),
    [
        (facts("mongo:7", "--port", "27018"), '"$${HOSTNAME}" --port 27018'),
        (facts("mongo:7", "mongod", "--bind_ip_all"), '"$${HOSTNAME}" --port 27017'),
        (facts("mongo:7", "--bind_ip", "127.0.0.1,db"), "127.0.0.1 --port 27017"),
        (facts("mongo:7", host_network=True), "127.0.0.1 --port 27017"),
        (facts("mongo:7", env={"HOSTNAME": "x"}), "127.0.0.1 --port 27017"),
        (
            facts("mongo:7", "mongod", "-f", "/m.conf", config="net:\n  port: 27019\n"),
            '"$${HOSTNAME}" --port 27019',
        ),
    ],
)
def test_where_mongo_is_asked(given: ImageFacts, address: str) -> None:
    assert asked(given) == f"mongosh --host {address} {PING}"


@pytest.mark.parametrize(
    ("command", "config"),
    [
        ("mongod --config /m.conf", None),
        ("mongod --tlsMode requireTLS", None),
        ("mongod -f /m.conf", "net:\n  tls:\n    mode: requireTLS\n"),
        ("mongod --bind_ip db", None),
        ("mongodump --out /backup", None),
    ],
)
def test_mongo_is_refused(command: str, config: str | None) -> None:
    assert refused(facts("mongo:7", *command.split(), config=config))


def test_mongo_gets_one_expression(tmp_path: Path) -> None:
    stub(tmp_path, "mongosh", """test "$2" = box && test "$7" = "db.adminCommand('ping')" """)
    assert run(command_of(probe_for(facts("mongo:7"))), tmp_path, {"HOSTNAME": "box"}) == 0


def test_rabbitmq_waits_for_the_cookie(tmp_path: Path) -> None:
    stub(tmp_path, "rabbitmq-diagnostics", 'test "$*" = "-q check_running"')
    test = command_of(probe_for(facts("rabbitmq:3.13-management")))
    assert run(test, tmp_path, {"HOME": str(tmp_path)}) != 0
    (tmp_path / ".erlang.cookie").write_text("x")
    assert run(test, tmp_path, {"HOME": str(tmp_path)}) == 0


def test_an_old_rabbitmq() -> None:
    assert refused(facts("rabbitmq:3.7"))
    assert asked(facts("rabbitmq:management"))


@pytest.mark.parametrize(
    ("image", "command", "words"),
    [
        ("memcached:alpine", "", "nc -z 127.0.0.1 11211"),
        ("memcached:1.6", "-m 64", "bash -c : > /dev/tcp/127.0.0.1/11211"),
        ("memcached:1.6", "memcached -p 11212", "bash -c : > /dev/tcp/127.0.0.1/11212"),
        ("elasticsearch:8.13.0", "", "bash -c : > /dev/tcp/127.0.0.1/9200"),
        ("opensearchproject/opensearch:2", "", "bash -c : > /dev/tcp/127.0.0.1/9200"),
        ("clickhouse/clickhouse-server:24-alpine", "", "nc -z 127.0.0.1 8123"),
        ("nats:alpine", "", "nc -z 127.0.0.1 4222"),
    ],
)
def test_ports_of_other_stores(image: str, command: str, words: str) -> None:
    assert asked(facts(image, *command.split())) == words


@pytest.mark.parametrize(
    "given",
    [
        facts("memcached", "-s", "/run/memcached.sock"),
        facts("memcached", "-l", "10.0.0.2"),
        facts("elasticsearch:8", env={"http.port": "9201"}),
        facts("elasticsearch:8", env={"network.host": "10.0.0.2"}),
        facts("elasticsearch:8", config="http.port: 9201\n"),
        facts("docker.elastic.co/elasticsearch/elasticsearch:8.1-wolfi"),
        facts("clickhouse/clickhouse-server", "clickhouse-client"),
        facts("nats:2.10"),
    ],
)
def test_other_stores_are_refused(given: ImageFacts) -> None:
    assert refused(given)
