"""The real nginx on what the upstream rules write: the same requests reach the backend."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from patcher.engine.fix import fix
from patcher.finding import Safety
from patcher.rules import rule_named
from patcher.stack.compose.discover import NAMES
from patcher.stack.settings import Settings
from patcher.text import Source
from tests.nginx_lab import Backend, NameServer, RunningNginx, free_port, serving
from tests.stacks import FIXTURES, SHARED, stack_of
from tests.test_real_nginx import judged
from tests.variants import Sources, read_tree

COMPOSE = """\
services:
  proxy:
    image: nginx:1.31.3
    depends_on: [app]
    volumes:
      - ./site.conf:/etc/nginx/conf.d/default.conf:ro
  app:
    image: example/app:1
"""
TARGETS = (
    "/",
    "/api",
    "/apix",
    "/api/",
    "/api/x",
    "/api/x?",
    "/api/x?q=1&r=%20",
    "/api/a%20b",
    "/api/a%2Fb",
    "/api/a%3Fb?c",
    "/api/a%25b",
    "/api/a%0Ab",
    "/api/a%23b",
    "/api//x",
    "/api/./y/../z",
    "/api/%C3%A9",
    "/api/a+b;c=d",
    "/api/redirect",
    "/other",
)
PASS = "proxy_pass http://app:8000;"
WITHOUT_URI = {
    "prefix of everything": f"location / {{ {PASS} }}",
    "prefix with a slash": f"location /api/ {{ {PASS} }}",
    "prefix without": f"location /api {{ {PASS} }}",
    "prefix that ends the search": f"location ^~ /api/ {{ {PASS} }}",
    "exact": f"location = /api/x {{ {PASS} }}",
    "regex": f"location ~ ^/api/(.*)$ {{ {PASS} }}",
    "regex without case": f"location ~* \\.x$|redirect {{ {PASS} }}",
    "named": f"location / {{ try_files /none @app; }} location @app {{ {PASS} }}",
    "error page": f"location / {{ error_page 404 = @app; return 404; }} location @app {{ {PASS} }}",
    "rewrite break": f"location /api/ {{ rewrite ^/api/(.*)$ /$1 break; {PASS} }}",
    "rewrite behind the pass": f"location /api/ {{ {PASS} rewrite ^/api/(.*)$ /$1 break; }}",
    "rewrite of the server": f"rewrite ^/other$ /api/x; location /api/ {{ {PASS} }}",
    "break of the server": f"rewrite ^/api/x$ /y break; location / {{ {PASS} }}",
    "if": f"location / {{ if ($arg_q) {{ set $one 1; }} {PASS} }}",
    "nested": f"location /api {{ location /api/x {{ {PASS} }} return 204; }}",
    "two locations": f"location / {{ {PASS} }} location /api/ {{ {PASS} }}",
    "host of its own": f"location / {{ proxy_set_header X-Path $uri; {PASS} }}",
    "redirects by default": f"location /api/ {{ {PASS} proxy_redirect default; }}",
    "no redirects": f"location /api/ {{ proxy_redirect off; {PASS} }}",
    "redirects of its own": f"location / {{ {PASS} proxy_redirect http://app:8000/ /z/; }}",
    "redirects of the server": f"proxy_redirect off; location / {{ {PASS} }}",
    "one line of several": f"location / {{ proxy_buffering off; {PASS} proxy_redirect off; }}",
}
WITH_URI = {
    f"{location} {uri}": f"location {location} {{ proxy_pass http://app:8000{uri}; }}"
    for location in ("/", "/api/", "/api", "^~ /api/", "= /api/x")
    for uri in ("/", "/v1/", "/v1", "/a.b-c~d_e/")
}
CASES = {**WITHOUT_URI, **WITH_URI}


@pytest.fixture(scope="module", name="backend")
def echoing() -> Iterator[Backend]:
    with serving(Backend()) as server:
        yield server


@pytest.fixture(scope="module", name="names")
def answering() -> Iterator[NameServer]:
    with serving(NameServer()) as server:
        yield server


def converted(rule: str, text: str) -> str:
    """Return the site after the rule's fix; nothing may be held or left."""
    sources = {
        path: Source(path, one)
        for path, one in {"compose.yaml": COMPOSE, "site.conf": text}.items()
    }
    settings = Settings(upstreams="direct" if rule == "variable-upstream" else "dynamic")
    outcome = fix(stack_of(sources, settings), [rule_named(rule)], Safety.UNSAFE)
    assert (outcome.held, outcome.left) == ((), ())
    (change,) = outcome.changes
    return change.after.text


def on_loopback(text: str, port: int, backend: Backend, names: NameServer) -> str:
    """Put the laboratory's places into a site."""
    text = text.replace("listen 80;", f"listen 127.0.0.1:{port};")
    text = text.replace("app:8000", f"localhost:{backend.port}")
    return text.replace("resolver 127.0.0.11", f"resolver 127.0.0.1:{names.port}")


def answers(text: str, port: int, root: Path) -> dict[str, str]:
    with RunningNginx(text, port, root) as nginx:
        return {target: nginx.ask(target) for target in TARGETS}


@pytest.mark.parametrize("case", CASES)
def test_requests_and_answers_stay_the_same(
    case: str, backend: Backend, names: NameServer, tmp_path: Path
) -> None:
    site = f"server {{\n  listen 80;\n  {CASES[case]}\n}}\n"
    new, port = converted("static-upstream", site), free_port()
    assert "proxy_pass $app_upstream;" in new
    before = answers(on_loopback(site, port, backend, names), port, tmp_path / "before")
    names.asked.clear()
    after = answers(on_loopback(new, port, backend, names), port, tmp_path / "after")
    assert after == before
    assert sum("200 OK" in answer or "302" in answer for answer in before.values()) > 0
    assert names.asked == [b"\x09localhost\x00"]


@pytest.mark.parametrize("case", WITHOUT_URI)
def test_the_way_back_keeps_requests_and_answers(
    case: str, backend: Backend, names: NameServer, tmp_path: Path
) -> None:
    old = converted("static-upstream", f"server {{\n  listen 80;\n  {CASES[case]}\n}}\n")
    new, port = converted("variable-upstream", old), free_port()
    assert "proxy_pass http://app:8000;" in new
    assert "app_upstream" not in new
    before = answers(on_loopback(old, port, backend, names), port, tmp_path / "before")
    names.asked.clear()
    after = answers(on_loopback(new, port, backend, names), port, tmp_path / "after")
    assert after == before
    assert names.asked == []


def test_many_servers_and_a_file_of_one_line(
    backend: Backend, names: NameServer, tmp_path: Path
) -> None:
    port = free_port()
    first = f"server {{ listen 80; location / {{ {PASS} }} }}"
    site = f"{first} server {{ listen 80; server_name b.example; location /b/ {{ {PASS} }} }}\n"
    new = converted("static-upstream", site)
    assert new.count("resolver 127.0.0.11 valid=60s ipv6=off;") == 1
    before = answers(on_loopback(site, port, backend, names), port, tmp_path / "before")
    assert answers(on_loopback(new, port, backend, names), port, tmp_path / "after") == before


@pytest.mark.parametrize("kind", ["fastcgi", "uwsgi", "scgi"])
def test_other_protocols_send_the_same_bytes(kind: str, names: NameServer, tmp_path: Path) -> None:
    params = f"{kind}_param PATH_INFO $uri; {kind}_param QUERY $request_uri;"
    site = f"server {{ listen 80; location / {{ {params} {kind}_pass app:8000; }} }}\n"
    new, port = converted("static-upstream", site), free_port()
    assert f"set $app_upstream app:8000; {kind}_pass $app_upstream;" in new
    got = []
    for number, text in enumerate((site, new)):
        with serving(Backend(raw=True)) as raw:
            root = tmp_path / str(number)
            with RunningNginx(on_loopback(text, port, raw, names), port, root) as nginx:
                for target in ("/a", "/a%20b?c=d"):
                    nginx.ask(target)
            got.append(raw.received)
    assert got[0] == got[1]
    assert len(got[0]) == 2
    assert all(got[0])


def test_servers_of_a_block_are_resolved_at_run_time(
    backend: Backend, names: NameServer, tmp_path: Path
) -> None:
    block = "upstream pool { least_conn; server app:8000 max_fails=2; keepalive 4; }"
    site = f"{block} server {{ listen 80; location / {{ proxy_pass http://pool; }} }}\n"
    new, port = converted("static-upstream", site), free_port()
    assert "{ zone pool 64k; least_conn; server app:8000 max_fails=2 resolve;" in new
    before = answers(on_loopback(site, port, backend, names), port, tmp_path / "before")
    names.asked.clear()
    with RunningNginx(on_loopback(new, port, backend, names), port, tmp_path / "after") as nginx:
        while "502" in nginx.ask("/"):  # the block is empty until its first lookup is answered
            time.sleep(0.02)
        assert {target: nginx.ask(target) for target in TARGETS} == before
    assert b"\x09localhost\x00" in names.asked


CORPUS = SHARED / "corpus" / "stacks"
CHANGED = sorted(
    path.parent
    for rule in ("static-upstream", "variable-upstream")
    for path in FIXTURES.glob(f"rules/{rule}/*/after")
)


def on_this_machine(sources: Sources) -> Sources:
    """Let names that nginx looks up at start stand for this machine."""
    found = stack_of(sources)
    literal = {one.host for one in found.upstreams if one.is_name and not one.at_run_time}
    names = re.compile(rf"(//|_pass |server )({'|'.join(map(re.escape, literal))})\b")
    return {
        path: one.with_text(names.sub(r"\1localhost", one.text))
        if literal and path.endswith((".conf", ".template"))
        else one
        for path, one in sources.items()
    }


@pytest.mark.parametrize("case", CHANGED, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_nginx_takes_every_fixture(case: Path, tmp_path: Path) -> None:
    sources = on_this_machine(read_tree(case / "after"))
    assert judged(sources, "proxy", tmp_path) == ""


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")
def test_nginx_takes_what_becomes_of_real_stacks(tmp_path: Path) -> None:
    taken = 0
    for folder in sorted(
        path for path in CORPUS.iterdir() if any((path / one).exists() for one in NAMES)
    ):
        sources = read_tree(folder)
        stack = stack_of(sources)
        outcome = fix(stack, [rule_named("static-upstream")], Safety.UNSAFE)
        assert outcome.held == ()
        after = {**sources, **{one.after.path: one.after for one in outcome.changes}}
        services = {one.nginx.service.name for one in stack.upstreams if one.nginx.service}
        for service in sorted(services) if outcome.changes else ():
            places = [tmp_path / f"{folder.name}-{service}-{at}" for at in ("before", "after")]
            if judged(on_this_machine(sources), service, places[0]) == "":
                assert judged(on_this_machine(after), service, places[1]) == ""
                taken += 1
    assert taken >= 5


def by_variable(inside: str, path: str = "location /api/") -> str:
    return f"resolver 127.0.0.11; server {{ listen 80; {path} {{ {inside} }} }}\n"


SET = "set $app http://app:8000;"


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        (f"rewrite ^/api/(.*)$ /$1 break; {SET} proxy_pass $app;", "500 Internal"),
        (f"{SET} limit_except POST {{ allow all; }} proxy_pass $app;", "500 Internal"),
        ("set $app http://app:8000/; proxy_pass $app;", "GET / HTTP"),
        (f"{SET} proxy_pass $app;", "GET /api/x HTTP"),
    ],
)
def test_what_the_rule_avoids(
    inside: str, expected: str, backend: Backend, names: NameServer, tmp_path: Path
) -> None:
    """Without these, the proofs above would prove nothing."""
    port = free_port()
    text = on_loopback(by_variable(inside), port, backend, names)
    with RunningNginx(text, port, tmp_path) as nginx:
        assert expected in nginx.ask("/api/x")


def test_a_set_of_the_server_serves_limited_methods(
    backend: Backend, names: NameServer, tmp_path: Path
) -> None:
    """What the report tells to write by hand."""
    port, inside = free_port(), "limit_except POST { allow all; } proxy_pass $app;"
    text = by_variable(inside).replace("server {", f"server {{ {SET} break;")
    with RunningNginx(on_loopback(text, port, backend, names), port, tmp_path) as nginx:
        assert "GET /api/x HTTP" in nginx.ask("/api/x")


def test_nginx_refuses_default_redirects_beside_a_variable(
    backend: Backend, names: NameServer, tmp_path: Path
) -> None:
    text = by_variable(f"{SET} proxy_pass $app; proxy_redirect default;")
    nginx = RunningNginx(on_loopback(text, free_port(), backend, names), 0, tmp_path)
    assert '"proxy_redirect default" cannot be used' in nginx.test()


def test_a_literal_elsewhere_keeps_the_address_for_all(
    backend: Backend, names: NameServer, tmp_path: Path
) -> None:
    """Why all directives of one service and port are converted together."""
    port, literal = free_port(), f"location /other {{ {PASS} }}"
    text = by_variable(f"{SET} proxy_pass $app;").replace("server {", f"server {{ {literal}")
    names.asked.clear()
    with RunningNginx(on_loopback(text, port, backend, names), port, tmp_path) as nginx:
        assert "GET /api/x HTTP" in nginx.ask("/api/x")
    assert names.asked == []
