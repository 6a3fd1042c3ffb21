from __future__ import annotations

import pytest

from patcher.stack.image.probes import NoProbe
from patcher.stack.image.server_words import (
    local_port,
    options,
    server_words,
    settings,
    unread_file,
)

from .image_facts import facts


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ((), ()),
        (("postgres", "-c", "a=1"), ("-c", "a=1")),
        (("-c", "a=1"), ("-c", "a=1")),
        (("docker-entrypoint.sh", "postgres", "-p", "1"), ("-p", "1")),
        (("/wait.sh", "postgres", "-p", "1"), ("-p", "1")),
        (("docker-entrypoint.sh",), ()),
        (("sh", "-c", "echo hi; exec postgres -p 1"), ("-p", "1")),
        (("redis.conf", "--port", "1"), ("redis.conf", "--port", "1")),
        (("./backup.sh",), None),
        (("pg_dump", "-h", "postgres"), None),
        (("/cron.sh",), None),
    ],
)
def test_server_words(command: tuple[str, ...], words: tuple[str, ...] | None) -> None:
    assert server_words(facts("postgres", *command), "postgres") == words


def test_options() -> None:
    words = "-c port=1 -c max-x=2 --bind 1.1.1.1 2.2.2.2 --a=b --flag -p5433 --n -1 --flag2"
    assert options(words.split()) == {
        "c": "",
        "port": "1",
        "max_x": "2",
        "bind": "1.1.1.1 2.2.2.2",
        "a": "b",
        "flag": "",
        "p": "5433",
        "n": "-1",
        "flag2": "",
    }


def test_settings() -> None:
    text = "port 1\r\nlisten_addresses = '*' # all\n  bindIp: 0.0.0.0\n# port 2\nskip-x\nbind ::1\n"
    assert settings(text) == {
        "port": "1",
        "listen_addresses": "*",
        "bindip": "0.0.0.0",
        "skip_x": "",
        "bind": "1",
    }


def test_sections() -> None:
    text = "[client]\nport=1\n[mysqld]\nport = 2\n[other]\nport=3\n"
    assert settings(text, "mysqld", "server") == {"port": "2"}
    assert settings(None) == {}


@pytest.mark.parametrize(
    ("ports", "addresses", "expected"),
    [
        ([None], [None], 5),
        (["7", "8"], [None], 7),
        ([None, "'8'"], [None], 8),
        (["0"], [], "its port is switched off or set to something that is not known here"),
        (["$X"], [], "its port is switched off or set to something that is not known here"),
        ([], ["127.0.0.1 -::1"], 5),
        ([], ["10.0.0.1,localhost"], 5),
        ([], ["10.0.0.1"], "it does not listen on 127.0.0.1"),
        ([], [""], "it does not listen on 127.0.0.1"),
        ([], [None, "10.0.0.1"], "it does not listen on 127.0.0.1"),
    ],
)
def test_local_port(
    ports: list[str | None], addresses: list[str | None], expected: int | str
) -> None:
    found = local_port(5, ports, addresses)
    assert (found.reason if isinstance(found, NoProbe) else found) == expected


def test_a_settings_file_must_be_known() -> None:
    assert unread_file(facts("redis"), True) is not None
    assert unread_file(facts("redis", config=""), True) is None
    assert unread_file(facts("redis"), False) is None


def test_settings_take_time_in_the_length_of_the_text() -> None:
    assert settings("a" + " " * 500_000 + "b\n" + "=" * 500_000) == {"a": "b"}
