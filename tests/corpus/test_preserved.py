"""The figures of the corpus are worth something: each check sees the harm that it is there for."""

from __future__ import annotations

from pathlib import Path

import pytest

from patcher.stack.run_time_pass import MAX_NAME
from patcher.text import Route
from tests.corpus import preserved
from tests.corpus.cases import Case
from tests.corpus.nginx_verdict import NGINX, NginxTrial, Repairs, repairs_for, verdict
from tests.corpus.trial import Asked, run

YAML = b"""# head
services:
  a:  # the app
    image: "x#y"
    command: |  # kept
      echo # not a comment

    # between
  b: {image: x, ports: ['1:1']}
# tail"""
NGINX_TEXT = b"""# head
server {
    listen 80;  # port
    location / {
        proxy_pass
            http://a;
    }
    # last
}
"""


def changes(old: bytes, new: bytes, routes: list[Route], *, yaml: bool = True) -> list[str]:
    return list(preserved.stray_lines(old, new, routes, yaml=yaml))


def test_nothing_is_seen_where_nothing_changed() -> None:
    for text, yaml in ((YAML, True), (NGINX_TEXT, False)):
        assert list(preserved.format_changes(text, text)) == []
        assert list(preserved.lost_comments(text, text, yaml=yaml)) == []
        assert changes(text, text, [], yaml=yaml) == []


@pytest.mark.parametrize("comment", [b"# head", b"# the app", b"# kept", b"# between", b"# tail"])
def test_a_comment_of_yaml_is_missed(comment: bytes) -> None:
    assert list(preserved.lost_comments(YAML, YAML.replace(comment, b""), yaml=True)) == [
        f"the comment {comment.decode()!r}"
    ]


def test_what_looks_like_a_comment_is_none() -> None:
    new = YAML.replace(b"x#y", b"x").replace(b"echo # not a comment", b"echo")
    assert list(preserved.lost_comments(YAML, new, yaml=True)) == []


@pytest.mark.parametrize("comment", [b"# head", b"# port", b"# last"])
def test_a_comment_of_nginx_is_missed(comment: bytes) -> None:
    assert list(preserved.lost_comments(NGINX_TEXT, NGINX_TEXT.replace(comment, b""), yaml=False))


@pytest.mark.parametrize(
    ("old", "new", "seen"),
    [
        (b"a\r\nb\r\n", b"a\r\nb\n", "1 more lines end with"),
        (b"a\nb\n", b"a\nb", "the end of the file"),
        (b"a\nb", b"a\nb\n", "the end of the file"),
        (b"a\nb\n\n", b"a\nb\n", "the end of the file"),
        (b"\xef\xbb\xbfa\n", b"a\n", "the byte order mark"),
    ],
)
def test_a_changed_format_is_seen(old: bytes, new: bytes, seen: str) -> None:
    assert any(what.startswith(seen) for what in preserved.format_changes(old, new))


def test_a_changed_line_must_be_declared() -> None:
    new = YAML.replace(b"echo", b"exec").replace(b"'1:1'", b"'2:2'")
    assert len(changes(YAML, new, [])) == 4
    assert len(changes(YAML, new, [("services", "a", "command")])) == 2
    assert changes(YAML, new, [("services", "a", "command"), ("services", "b", "ports")]) == []
    assert len(changes(YAML, new, [("services", "a", "image"), ("services", "b", "image")])) == 2


def test_a_changed_line_of_nginx_must_be_declared() -> None:
    new = NGINX_TEXT.replace(b"http://a", b"http://b")
    route = ("server[0]", "location[0]", "proxy_pass")
    assert changes(NGINX_TEXT, new, [route], yaml=False) == []
    assert changes(NGINX_TEXT, new, [("server[0]", "listen")], yaml=False)
    added = NGINX_TEXT.replace(b"listen 80;", b"listen 80; listen 81;")
    assert changes(NGINX_TEXT, added, [route], yaml=False)


@pytest.mark.skipif(NGINX is None, reason="no nginx wheel for this platform")
def test_stand_ins_hide_nothing_that_a_fix_brings(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = "/etc/nginx/conf.d/default.conf"
    text = "server { location / { proxy_pass http://nowhere.invalid:1; access_log /x/y main; } }"
    repairs, said = repairs_for(NginxTrial("n", {path: text}), tmp_path_factory.mktemp("before"))
    assert said == ""
    assert repairs.hosts == {"nowhere.invalid"}
    for change, complaint in [
        ("proxy_pass http://elsewhere.invalid; }", "host not found"),
        ("resolver 127.0.0.11; resolver 127.0.0.11; }", "is duplicate"),
        ("set $a $b; }", 'unknown "b" variable'),
    ]:
        trial = NginxTrial("n", {path: text.replace("} }", f"}} location /a {{ {change} }}")})
        assert complaint in verdict(trial, repairs, tmp_path_factory.mktemp("after"))


@pytest.mark.skipif(NGINX is None, reason="no nginx wheel for this platform")
@pytest.mark.parametrize(("length", "taken"), [(MAX_NAME, True), (MAX_NAME + 1, False)])
def test_the_longest_variable_that_nginx_takes(length: int, taken: bool, tmp_path: Path) -> None:
    text = f"server {{ set ${'a' * length} 1; }}"
    trial = NginxTrial("n", {"/etc/nginx/conf.d/default.conf": text})
    said = verdict(trial, Repairs(), tmp_path / "nginx")
    assert said == "" if taken else "variables_hash" in said


def test_a_case_runs_as_a_whole() -> None:
    case = Case("compose", "small", (("p/compose.yaml", b"services: {a: {image: x}}\n"),), "p")
    result = run(case, Asked())
    assert result.failures == []
    assert result.rules["implicit-network", "fixed"] == 1
