"""What a setting may be: everything that could leave its place in a file is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patcher.config import values
from patcher.errors import UserError


@pytest.mark.parametrize(
    ("read", "value", "result"),
    [
        (values.network, "{project}_net", "{project}_net"),
        (values.service, "db-backup", "db-backup"),
        (values.address, "127.0.0.11", "127.0.0.11"),
        (values.address, "10.0.0.2:5353", "10.0.0.2:5353"),
        (values.address, "[fd00::1]", "[fd00::1]"),
        (values.address, "[fd00::1]:53", "[fd00::1]:53"),
        (values.address, "kube-dns.kube-system.svc", "kube-dns.kube-system.svc"),
        (values.nginx_time, "1h 30m", 5400),
        (values.nginx_time, 30, 30),
        (values.duration, "1m30s", "1m30s"),
        (values.duration, "2.5s", "2.5s"),
        (values.duration, 30, "30s"),
        (values.period, "24h", 86_400),
        (values.period, 90, 90),
        (values.count, 3, 3),
        (values.port, 8000, 8000),
        (values.path, "/health/?full=1&x=%20y", "/health/?full=1&x=%20y"),
        (values.test, "curl -f $URL", ("CMD-SHELL", "curl -f $URL")),
        (values.test, ["CMD", "a b", "c"], ("CMD", "a b", "c")),
        (values.test, ["CMD-SHELL", "a || b"], ("CMD-SHELL", "a || b")),
        (values.command, "sh -c 'a b'", ("sh", "-c", "a b")),
        (values.command, ["a b"], ("a b",)),
        (values.globs, ["legacy/**"], ("legacy/**",)),
        (values.rules, ["ALL", "resolver-mixed"], ("ALL", "resolver-mixed")),
        (values.policy, "direct", "direct"),
    ],
)
def test_a_value_is_taken(read: Callable[[object], object], value: object, result: object) -> None:
    assert read(value) == result


@pytest.mark.parametrize(
    ("read", "bad"),
    [
        (values.network, ["", "a", "a b", "-ab", "x\nname: y", "a{project", "{other}", 1, "ab:"]),
        (values.service, ["", "a b", "a\nb", "a:", "é", "x" * 64, None]),
        (
            values.address,
            [
                *["", "a;b", "a b", "{a}", "1.2.3", "999.1.1.1", "1.2.3.4:0", "1.2.3.4:70000"],
                *["fd00::1", "[1.2.3.4]", "[x]", "[fe80::1%eth0]", "a:b", "$host", "-a", 1],
            ],
        ),
        (values.nginx_time, ["", "0", 0, "500ms", "-1s", "1x", True, 1.5, "9" * 9 + "y"]),
        (values.duration, ["", "0s", 0, "5", "-1s", "1d", "1s\n", True, "9" * 9 + "h", 1.5]),
        (values.period, ["59s", 59, "", None, "1d"]),
        (values.count, [0, -1, True, "3", 1.0, 10_001]),
        (values.port, [0, 65_536, "80", True]),
        (
            values.path,
            ["healthz", "", "/a b", "/a'b", '/a"b', "/a\\b", "/$x", "/`a`", "/é", "/a\n"],
        ),
        (
            values.test,
            ["", [], ["CMD"], ["curl", "x"], ["CMD-SHELL", "a", "b"], ["NONE"], "a\nb", ["CMD", 1]],
        ),
        (values.command, ["", [], " ", "'a", [""], [1], "a\x1b[31m", {"a": 1}]),
        (values.globs, ["a", [1], [""], ["x"] * 201, ["x" * 5_000]]),
        (values.rules, ["ALL", [1]]),
        (values.policy, ["Dynamic", "", 1, ["direct"]]),
    ],
)
def test_a_value_is_refused(read: Callable[[object], object], bad: list[object]) -> None:
    for value in bad:
        with pytest.raises(ValueError, match=r"^an? |^the |^\"dynamic\""):
            read(value)


def test_an_unknown_rule_is_told_with_the_nearest() -> None:
    with pytest.raises(UserError, match="no rule `resolver-mixd`; did you mean resolver-mixed"):
        values.rules(["resolver-mixd"])


@given(st.text())
def test_what_gets_into_a_file_cannot_leave_its_place(text: str) -> None:
    for read in (values.network, values.service, values.address, values.path, values.duration):
        try:
            taken = read(text)
        except ValueError:
            continue
        assert (
            not set(taken) & set(" \t\r\n;{}'\"`$\\#") or taken.replace("{project}", "").isascii()
        )
        assert not set(taken.replace("{project}", "")) & set(" \t\r\n;{}'\"`$\\#")
