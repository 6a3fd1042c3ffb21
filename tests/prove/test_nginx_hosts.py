from __future__ import annotations

import pytest

from patcher.prove.nginx_hosts import (
    Substitutes,
    for_test,
    is_address,
    listening,
    normal_address,
    passed,
    placed_sockets,
    resolvers,
)

LAB = Substitutes(
    listen=lambda address: f"127.0.0.1:{len(address)}",
    host=lambda host, port: f"127.0.0.2:{port or 1}" if host == "app" else host,
    resolver=lambda server: f"127.0.0.3:{len(server)}",
)


@pytest.mark.parametrize(
    ("written", "full"),
    [
        ("80", "*:80"),
        ("*:80", "*:80"),
        ("0.0.0.0:80", "*:80"),
        ("*", "*:80"),
        ("8000-8010", "*:8000-8010"),
        ("127.0.0.1", "127.0.0.1:80"),
        ("127.0.0.1:8080", "127.0.0.1:8080"),
        ("[::]:443", "[::]:443"),
        ("[::1]", "[::1]:80"),
        ("localhost", "localhost:80"),
        ("unix:/run/x.sock", "unix:/run/x.sock"),
    ],
)
def test_an_address_to_listen_on_is_told_in_full(written: str, full: str) -> None:
    assert normal_address(written) == full


def test_each_address_has_a_socket_of_its_own() -> None:
    subs = for_test()
    first = listening(["80", "default_server", "reuseport", "backlog=5"], subs)
    assert first == ["unix:../sockets/0", "default_server", "backlog=5"]
    assert listening(["[::]:80", "ipv6only=on", "http2"], subs) == ["unix:../sockets/1", "http2"]
    assert listening(["*:80", "ssl"], subs) == ["unix:../sockets/0", "ssl"]


@pytest.mark.parametrize(
    ("word", "new"),
    [
        ("http://app:8000/x/", "http://127.0.0.2:8000/x/"),
        ("http://app", "http://127.0.0.2:1"),
        ("http://other:8000", "http://other:8000"),
        ("app:9000", "127.0.0.2:9000"),
        ("http://[::1]:80/", "http://[::1]:80/"),
        ("http://group", "http://group"),
        ("http://GROUP/x", "http://GROUP/x"),
        ("http://$host:80", "http://$host:80"),
        ("http://app$request_uri", "http://app$request_uri"),
        ("http://unix:./run/x.sock:/y", "http://unix:./run/x.sock:/y"),
        ("unix:./run/x.sock", "unix:./run/x.sock"),
        ("http://[broken", None),
    ],
)
def test_hosts_are_replaced_and_groups_stay(word: str, new: str | None) -> None:
    assert passed(word, lambda host: host == "group", LAB.host) == new


def test_name_servers_are_replaced() -> None:
    words = ["127.0.0.11", "dns.example:53", "[::1]:53", "valid=30s", "ipv6=off", "local=on"]
    assert resolvers(words, for_test()) == [
        "127.0.0.11",
        "127.0.0.1:53",
        "[::1]:53",
        "valid=30s",
        "ipv6=off",
        "127.0.0.1",
    ]
    assert resolvers(["8.8.8.8", "valid=1s"], LAB) == ["127.0.0.3:7", "valid=1s"]


@pytest.mark.parametrize(
    ("host", "known"),
    [("10.0.0.1", True), ("10.0.0.0/8", True), ("[::1]", True), ("::1", True), ("app", False)],
)
def test_numbers_are_no_names(host: str, known: bool) -> None:
    assert is_address(host) is known


def test_a_socket_cannot_lead_out() -> None:
    assert placed_sockets("unix:/run/php.sock") == "unix:./run/php.sock"
    assert placed_sockets("http://unix:/run/../../etc/x:/y") == "http://unix:./etc/x:/y"
    assert placed_sockets("unix:/a/../../../b") == "unix:./b"
