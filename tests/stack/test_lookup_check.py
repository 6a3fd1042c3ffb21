from __future__ import annotations

import shutil
import subprocess

import pytest

from patcher.lang.edit_error import CannotEdit
from patcher.stack.lookup_check import (
    has_getent,
    names_any,
    replace_test,
    with_lookups,
    written_test,
)
from patcher.stack.own_checks import own_check_of
from patcher.text import splice
from tests.stack.compose_texts import stack

LOOKUP = "getent hosts app db > /dev/null || exit 1"


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ((), LOOKUP),
        (("CMD", "nc", "-z", "127.0.0.1", "80"), f"nc -z 127.0.0.1 80 && {LOOKUP}"),
        (("CMD", "bash", "-c", ": > /x"), f"bash -c ': > /x' && {LOOKUP}"),
        (("CMD", "test", "$$A"), f"test '$$A' && {LOOKUP}"),
        (("CMD-SHELL", "curl -f $$URL"), f"curl -f $$URL && {LOOKUP}"),
        (("CMD-SHELL", "a || exit 1"), f"(a || exit 1) && {LOOKUP}"),
        (("CMD-SHELL", "a; b\n"), f"(a; b) && {LOOKUP}"),
    ],
)
def test_lookups_come_behind_a_test(test: tuple[str, ...], expected: str) -> None:
    assert with_lookups(test, ["app", "db"]) == ("CMD-SHELL", expected)


@pytest.mark.skipif(shutil.which("getent") is None, reason="no getent on this machine")
@pytest.mark.parametrize(
    ("test", "hosts", "status"),
    [
        ((), ["localhost"], 0),
        ((), ["localhost", "no-such-name.invalid"], 1),
        ((), ["no-such-name.invalid", "localhost"], 1),
        (("CMD", "true"), ["localhost"], 0),
        (("CMD", "false"), ["localhost"], 1),
        (("CMD-SHELL", "false || exit 1"), ["localhost"], 1),
        (("CMD-SHELL", "false || true"), ["localhost"], 0),
        (("CMD-SHELL", "true; exit 0"), ["no-such-name.invalid"], 1),
    ],
)
def test_a_shell_takes_it(test: tuple[str, ...], hosts: list[str], status: int) -> None:
    command = ["sh", "-c", with_lookups(test, hosts)[1]]
    done = subprocess.run(command, check=False, capture_output=True)
    assert (done.returncode, done.stdout) == (status, b"")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nslookup app", True),
        ("curl http://APP:8000/", True),
        ("curl http://localhost/app-status", False),
        ("curl http://myapp/", False),
        ("curl http://localhost/", False),
    ],
)
def test_a_check_that_names_a_host(text: str, expected: bool) -> None:
    assert names_any(("sh", "-c", text), ["db", "app"]) is expected


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("nginx", True),
        ("nginx:1.27-alpine", True),
        ("nginxinc/nginx-unprivileged:1.27", True),
        ("openresty/openresty:alpine", True),
        ("cgr.dev/chainguard/nginx", False),
        ("nginxproxy/nginx-proxy", False),
        ("example/nginx", False),
    ],
)
def test_images_with_getent(image: str, expected: bool) -> None:
    found = stack(f"services:\n  web: {{image: '{image}'}}\n")
    assert has_getent(found.facts["web"]) is expected


def changed(compose: str) -> str:
    found = stack(compose)
    service = found.project.services["web"]
    own = own_check_of(found.facts["web"])
    assert own is not None
    assert own.value is not None
    test = with_lookups(written_test(own.value), ["app"])
    return splice(compose, replace_test(service, own.value, test))


HEAD = "services:\n  web:\n    image: nginx\n    healthcheck:\n      test: "
NEW = '["CMD-SHELL", "a && getent hosts app > /dev/null || exit 1"]'


@pytest.mark.parametrize("written", ["a", '"a"', '["CMD", "a"]', '["CMD-SHELL",\n        "a"]'])
def test_a_test_is_replaced_where_it_stands(written: str) -> None:
    assert changed(f"{HEAD}{written} # kept\n") == f"{HEAD}{NEW} # kept\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"{HEAD}>\n        a\n", "one piece"),
        (f"{HEAD}\n        - CMD\n        - a\n", "one piece"),
        (f"{HEAD}[CMD, # why\n        a]\n", "one piece"),
        (f"x-test: &t a\n{HEAD}*t\n", "one piece"),
        (
            "services:\n  web: {image: nginx, extends: base}\n"
            "  base: {image: nginx, healthcheck: {test: a}}\n",
            "another definition",
        ),
        (
            f"{HEAD}a\n".replace("healthcheck:", "healthcheck: &h") + "  b:\n    image: nginx\n"
            "    healthcheck: *h\n",
            "shared through an anchor",
        ),
    ],
)
def test_what_is_refused(text: str, reason: str) -> None:
    with pytest.raises(CannotEdit, match=reason):
        changed(text)
